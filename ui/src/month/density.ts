/** How full a day is: numbers, a level that is drawn as a shape, and words. Pure. */

import type { DayDensity, DensityPart } from '../desk/api';
import { longDateWords } from '../shared/dates';
import { t } from '../words/words';

export type Fullness = Pick<DayDensity, 'visits' | 'booked_minutes' | 'capacity_minutes'>;

export const share = (day: Fullness | undefined): number =>
  day && day.capacity_minutes > 0 ? day.booked_minutes / day.capacity_minutes : 0;

/** 0 nothing, 1 up to a quarter … 4 nearly full, 5 over. */
export function levelOf(day: Fullness | undefined): number {
  const part = share(day);
  if (part === 0) return 0;
  if (part > 1) return 5;
  return part < 0.25 ? 1 : part < 0.5 ? 2 : part < 0.75 ? 3 : 4;
}

export const percentOf = (day: Fullness | undefined): number => Math.round(share(day) * 100);

export const isClosed = (day: DayDensity | undefined): boolean => day !== undefined && day.capacity_minutes === 0;

/** `7 h 30`, `0 h`: short enough for a cell. */
export function hoursWords(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return rest === 0 ? t('hours-short', { hours }) : t('hours-minutes-short', { hours, minutes: rest });
}

export function densityWords(date: string, day: DayDensity | undefined): string {
  const long = longDateWords(date);
  if (!day) return long;
  if (isClosed(day) && day.visits === 0) return t('density-closed', { date: long });
  const said = t('density-words', { date: long, visits: day.visits, percent: percentOf(day) });
  return day.has_conflict ? `${said}, ${t('density-conflict')}` : said;
}

/** `51 / 108 h`. */
export const wholeHours = (booked: number, capacity: number): string =>
  t('hours-of', { booked: Math.round(booked / 60), capacity: Math.round(capacity / 60) });

/** A day of several locations as one; of a choice of its parts only those. */
export function sumDays(days: readonly DayDensity[], chosen: readonly string[]): DayDensity | undefined {
  const [first] = days;
  if (!first) return undefined;
  const parts = mergeParts(days.flatMap((day) => day.parts)).filter((part) => chosen.length === 0 || chosen.includes(part.id));
  // Told apart, a day is what its parts are: a provider's own time is not the chairs' time.
  const from: readonly Fullness[] = parts.length > 0 || chosen.length > 0 ? parts : days;
  return {
    date: first.date,
    visits: sum(from.map((each) => each.visits)),
    booked_minutes: sum(from.map((each) => each.booked_minutes)),
    capacity_minutes: sum(from.map((each) => each.capacity_minutes)),
    has_conflict: days.some((day) => day.has_conflict),
    parts,
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** Parts as the roster lists them; the desk tells them in no order. */
export function inOrder(parts: readonly DensityPart[], roster: readonly { id: string }[]): DensityPart[] {
  const at = new Map(roster.map((one, index) => [one.id, index]));
  const place = (part: DensityPart): number => at.get(part.id) ?? roster.length;
  return [...parts].sort((a, b) => place(a) - place(b));
}

/** A provider who is in at two locations on a day is one. */
function mergeParts(parts: readonly DensityPart[]): DensityPart[] {
  const byId = new Map<string, DensityPart>();
  for (const part of parts) {
    const before = byId.get(part.id);
    byId.set(part.id, before
      ? {
          id: part.id,
          visits: before.visits + part.visits,
          booked_minutes: before.booked_minutes + part.booked_minutes,
          capacity_minutes: before.capacity_minutes + part.capacity_minutes,
        }
      : part);
  }
  return [...byId.values()];
}

/** Alternate weeks and special days as a form shows them. */

import type { Rota, RotaFields } from '../desk/api';
import { dateWords, readDate, WEEKDAYS } from '../shared/dates';
import { readSpans, readWeek, weekText, type WeekText } from './hours';

export interface SpecialDayText {
  date: string;
  hours: string;
  title: string;
  /** Of a provider at one of several locations; null: everywhere. */
  location: string | null;
}

export interface RotaText {
  /** The second week, the third …, by location; the key of a place's own hours is empty. */
  otherWeeks: Record<string, WeekText>[];
  weeksFrom: string;
  days: SpecialDayText[];
}

const dayText = (date: string): string => dateWords(date).slice(4);

export function rotaText(rota: Rota | undefined, locations: string[]): RotaText {
  const keys = locations.length > 0 ? locations : [''];
  return {
    otherWeeks: (rota?.other_weeks ?? []).map((week) => Object.fromEntries(keys.map((key) => [key, weekText(week, key || null)]))),
    weeksFrom: rota?.weeks_from ? dayText(rota.weeks_from) : '',
    days: (rota?.special_days ?? []).map((day) => ({
      date: dayText(day.date),
      hours: day.open.map((span) => `${span.from.slice(0, 5)}–${span.until.slice(0, 5)}`).join(', '),
      title: day.title,
      location: day.location,
    })),
  };
}

/** A week without hours, for each location. */
export const emptyWeek = (locations: string[]): Record<string, WeekText> =>
  Object.fromEntries((locations.length > 0 ? locations : ['']).map((key) => [key, Object.fromEntries(WEEKDAYS.map((day) => [day, ''])) as WeekText]));

/** What the desk is asked to save; null while something cannot be read. */
export function readRota(text: RotaText, today: string): RotaFields | null {
  const other_weeks = [];
  for (const week of text.otherWeeks) {
    const spans = Object.entries(week).map(([location, days]) => readWeek(days, location || null));
    if (spans.some((one) => one === null)) return null;
    other_weeks.push(spans.flatMap((one) => one ?? []));
  }
  const weeks_from = text.weeksFrom.trim() === '' ? null : readDate(text.weeksFrom, today);
  if (weeks_from === null && (text.weeksFrom.trim() !== '' || other_weeks.length > 0)) return null;
  const special_days = [];
  for (const { date, hours, title, location } of text.days) {
    const [day, open] = [readDate(date, today), readSpans(hours)];
    if (!day || !open) return null;
    special_days.push({ date: day, location, title: title.trim(), open });
  }
  return { other_weeks, weeks_from, special_days };
}

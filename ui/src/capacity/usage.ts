/** How many pieces of equipment, and how many assistants, are in use on a day, by time; who has them. */

import type { AppointmentCard, DaySheet, LocationView, MinuteSpan, RosterView } from '../desk/api';
import { isBroken, merge } from '../schedule/geometry/spans';
import { weekday, WEEKDAYS } from '../shared/dates';

/** Minutes of the wall day in which the same visits share what there is. */
export interface Stretch extends MinuteSpan {
  cards: AppointmentCard[];
  /** How many there are then. */
  there: number;
}

/** Something that visits share, on one day at one location. */
export interface Usage {
  /** The equipment’s id, or that it is the assistants. */
  id: string;
  /** The equipment’s name; empty: assistants. */
  name: string;
  /** The most there are at any time of the day. */
  most: number;
  /** Only those in which something is in use, by time. */
  stretches: Stretch[];
}

/** So many from one minute of the day until another. */
interface Period extends MinuteSpan {
  count: number;
}

export const ASSISTANTS = 'assistants';

/** When a visit has a piece, in minutes of the day. */
function usesOf(card: AppointmentCard, equipment: string): MinuteSpan[] {
  return (card.equipment ?? []).flatMap((need) => {
    const until = Math.min(need.until_minute ?? card.length_minutes, card.length_minutes);
    const isUsed = need.equipment === equipment && need.from_minute < until;
    return isUsed ? [{ from: card.start_minute + need.from_minute, until: card.start_minute + until }] : [];
  });
}

/** When a visit needs an assistant, in minutes of the day: the `/` of its pattern, unless its type said otherwise. */
function assistedOf(card: AppointmentCard): MinuteSpan[] {
  const start = card.start_minute;
  if (card.assistant === 'none') return [];
  if (card.assistant === 'whole_visit') return [{ from: start, until: start + card.length_minutes }];
  return [...card.pattern.matchAll(/\/+/g)].map((run) => ({ from: start + run.index * 5, until: start + (run.index + run[0].length) * 5 }));
}

function stretches(cards: readonly AppointmentCard[], spansOf: (card: AppointmentCard) => MinuteSpan[], there: readonly Period[]): Stretch[] {
  const uses = cards.filter((card) => !isBroken(card)).flatMap((card) => spansOf(card).map((span) => ({ ...span, card })));
  const cuts = [...new Set([...uses, ...there].flatMap(({ from, until }) => [from, until]))].sort((a, b) => a - b);
  return cuts.slice(0, -1).flatMap((from, at) => {
    const here = uses.filter((one) => one.from <= from && from < one.until).map((one) => one.card);
    const count = there.find((one) => one.from <= from && from < one.until)?.count ?? 0;
    return here.length > 0 ? [{ from, until: cuts[at + 1]!, cards: here, there: count }] : [];
  });
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** How many assistants a location has on a date; null where they are not counted. */
function periodsOn(place: LocationView | undefined, date: string): Period[] | null {
  if (!place?.assistants?.length) return null;
  const day = WEEKDAYS[weekday(date)];
  // Midnight as the end is that of the day.
  return place.assistants
    .filter((one) => one.weekday === day)
    .map((one) => ({ from: minuteOf(one.from), until: minuteOf(one.until) || 1440, count: one.count }));
}

/** What the location has or its visits use; what is neither there nor used is not told. Assistants come last, where they are counted. */
export function usageOf(sheet: DaySheet, roster: RosterView): Usage[] {
  const found = (roster.equipment ?? []).flatMap(({ id, name, is_active, counts }): Usage[] => {
    if (!is_active) return [];
    const most = counts.find((count) => count.location === sheet.location)?.pieces ?? 0;
    const used = stretches(sheet.appointments, (card) => usesOf(card, id), [{ from: -Infinity, until: Infinity, count: most }]);
    return most > 0 || used.length > 0 ? [{ id, name, most, stretches: used }] : [];
  });
  const periods = periodsOn(
    roster.locations.find((one) => one.id === sheet.location),
    sheet.date,
  );
  if (!periods) return found;
  const most = Math.max(0, ...periods.map((one) => one.count));
  return [...found, { id: ASSISTANTS, name: '', most, stretches: stretches(sheet.appointments, assistedOf, periods) }];
}

/** How far a stretch is used: by shape and word, not by colour alone. */
export type Fill = 'some' | 'all' | 'over';

export function fillOf(stretch: Stretch): Fill {
  if (stretch.cards.length > stretch.there) return 'over';
  return stretch.cards.length === stretch.there ? 'all' : 'some';
}

/** When nothing is left. */
export function noneLeft(usage: Usage): MinuteSpan[] {
  return merge(usage.stretches.filter((one) => fillOf(one) !== 'some'));
}

/** When more is wanted than there is. */
export function tooFew(usage: Usage): MinuteSpan[] {
  return merge(usage.stretches.filter((one) => fillOf(one) === 'over'));
}

/** When more assistants are needed than are there, and one of them by this visit. */
export function withoutAssistant(sheet: DaySheet, roster: RosterView, id: string): MinuteSpan[] {
  const usage = usageOf(sheet, roster).find((one) => one.id === ASSISTANTS);
  const isShort = (one: Stretch): boolean => fillOf(one) === 'over' && one.cards.some((card) => card.id === id);
  return merge((usage?.stretches ?? []).filter(isShort));
}

/** The part of the day that is drawn: the open hours with whatever is in use outside them. */
export function drawn(sheet: DaySheet, usages: readonly Usage[]): MinuteSpan {
  const all = [...sheet.open, ...usages.flatMap((usage) => usage.stretches)];
  if (all.length === 0) return { from: 8 * 60, until: 18 * 60 };
  return { from: Math.min(...all.map((one) => one.from)), until: Math.max(...all.map((one) => one.until)) };
}

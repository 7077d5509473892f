/** How many pieces of equipment are in use on a day, by time; who has them. */

import type { AppointmentCard, DaySheet, EquipmentView, MinuteSpan, RosterView } from '../desk/api';
import { isBroken, merge } from '../schedule/geometry/spans';

/** Minutes of the wall day in which the same visits have a piece. */
export interface Stretch extends MinuteSpan {
  cards: AppointmentCard[];
}

/** One kind of equipment on one day at one location. */
export interface Usage {
  equipment: EquipmentView;
  pieces: number;
  /** Only those in which something is in use, by time. */
  stretches: Stretch[];
}

/** When a visit has a piece, in minutes of the day. */
function usesOf(card: AppointmentCard, equipment: string): MinuteSpan[] {
  return (card.equipment ?? []).flatMap((need) => {
    const until = Math.min(need.until_minute ?? card.length_minutes, card.length_minutes);
    const isUsed = need.equipment === equipment && need.from_minute < until;
    return isUsed ? [{ from: card.start_minute + need.from_minute, until: card.start_minute + until }] : [];
  });
}

function stretches(cards: readonly AppointmentCard[], equipment: string): Stretch[] {
  const uses = cards.filter((card) => !isBroken(card)).flatMap((card) => usesOf(card, equipment).map((span) => ({ ...span, card })));
  const cuts = [...new Set(uses.flatMap(({ from, until }) => [from, until]))].sort((a, b) => a - b);
  return cuts.slice(0, -1).flatMap((from, at) => {
    const here = uses.filter((one) => one.from <= from && from < one.until).map((one) => one.card);
    return here.length > 0 ? [{ from, until: cuts[at + 1]!, cards: here }] : [];
  });
}

/** What the location has or its visits use; what is neither there nor used is not told. */
export function usageOf(sheet: DaySheet, roster: RosterView): Usage[] {
  return (roster.equipment ?? []).flatMap((equipment) => {
    if (!equipment.is_active) return [];
    const pieces = equipment.counts.find((count) => count.location === sheet.location)?.pieces ?? 0;
    const used = stretches(sheet.appointments, equipment.id);
    return pieces > 0 || used.length > 0 ? [{ equipment, pieces, stretches: used }] : [];
  });
}

/** How far a stretch is used: by shape and word, not by colour alone. */
export type Fill = 'some' | 'all' | 'over';

export function fillOf(stretch: Stretch, pieces: number): Fill {
  if (stretch.cards.length > pieces) return 'over';
  return stretch.cards.length === pieces ? 'all' : 'some';
}

/** When nothing is left. */
export function noneLeft(usage: Usage): MinuteSpan[] {
  return merge(usage.stretches.filter((one) => fillOf(one, usage.pieces) !== 'some'));
}

/** The part of the day that is drawn: the open hours with whatever is in use outside them. */
export function drawn(sheet: DaySheet, usages: readonly Usage[]): MinuteSpan {
  const all = [...sheet.open, ...usages.flatMap((usage) => usage.stretches)];
  if (all.length === 0) return { from: 8 * 60, until: 18 * 60 };
  return { from: Math.min(...all.map((one) => one.from)), until: Math.max(...all.map((one) => one.until)) };
}

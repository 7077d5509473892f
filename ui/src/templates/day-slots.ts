/** A slot of one date, between what the calendar shows and what is changed by hand. Pure. */

import type { RosterView, SlotCard, SlotFields, TemplateSlotView } from '../desk/api';
import { daysBetween, wallDate, wallMinute } from '../shared/dates';
import { typeOf } from './cards';

/** Hours before the slot's start from which anything may be booked there. */
function releaseHours(card: SlotCard, date: string): number {
  if (!card.hold) return 0;
  const minutes = daysBetween(wallDate(card.hold.releases_at), date) * 1440 + card.start_minute - wallMinute(card.hold.releases_at);
  return Math.max(0, Math.round(minutes / 60));
}

/** What a slot on the calendar says, as fields. A look that it has from its type stays its type's. */
export function fieldsOf(card: SlotCard, date: string, roster: RosterView): SlotFields {
  const type = typeOf(card.wants, roster);
  const isOwn = type !== undefined && !card.hold;
  return {
    weekday: null,
    start_minute: card.start_minute,
    length_minutes: card.length_minutes,
    operatory: card.operatory,
    provider: card.provider,
    wants: card.wants,
    capacity: card.capacity,
    hold: card.hold ? { units: card.hold.units, release_hours: releaseHours(card, date) } : null,
    label: card.label,
    hue: isOwn && card.hue !== type.hue ? card.hue : null,
    letter: isOwn && card.letter !== type.letter ? card.letter : '',
  };
}

/** The slot under a place of the calendar. */
export function slotAt(slots: readonly SlotCard[] | undefined, operatory: string | null, minute: number): SlotCard | null {
  return (
    slots?.find((one) => one.operatory === operatory && one.start_minute <= minute && minute < one.start_minute + one.length_minutes) ?? null
  );
}

export const asView = (id: string, slot: SlotFields, words: string, hue: number, letter: string): TemplateSlotView => ({ id, slot, wants_words: words, hue, letter });

/** What a slot is booked with: its kind of visit, if it is one, and the length if it is for one visit. */
export function bookingOf(slot: SlotCard, minute: number): { type: string | null; minute: number; length: number | null } {
  // Within a slot for several the next free time counts, not the beginning.
  const begins = slot.capacity === 1 && slot.booked === 0 ? slot.start_minute : minute;
  return {
    type: slot.wants.kind === 'type' && !slot.hold ? slot.wants.id : null,
    minute: begins,
    length: slot.capacity === 1 && !slot.hold && slot.wants.kind === 'type' ? slot.start_minute + slot.length_minutes - begins : null,
  };
}

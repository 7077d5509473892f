/** What the sheet says of a visit, a free time and a block-out: the names that a screen reader reads. */

import type { AppointmentCard, AppointmentTypeView, ProviderView, SlotCard, Status } from '../desk/api';
import { dayMonthWords } from '../shared/dates';
import { dueMinute, earlyOf } from '../shared/early';
import type { BlockPiece } from './geometry/spans';

export const STATUS_WORDS: Record<Status, string> = {
  scheduled: 'not confirmed',
  confirmed: 'confirmed',
  arrived: 'arrived',
  seated: 'seated',
  completed: 'completed',
  checked_out: 'checked out',
  cancelled: 'cancelled',
  no_show: 'missed',
};

/** Names of the others in the same conflicts, as far as they are on this sheet. */
export function conflictWords(card: AppointmentCard, byConflict: ReadonlyMap<string, readonly AppointmentCard[]>): string {
  if (card.conflicts.length === 0) return '';
  const names = new Set<string>();
  for (const key of card.conflicts) {
    for (const other of byConflict.get(key) ?? []) if (other.id !== card.id) names.add(other.patient_name);
  }
  return names.size === 0 ? 'has a conflict' : `conflict with ${[...names].join(' and ')}`;
}

/** Visits of each conflict. */
export function groupByConflict(cards: readonly AppointmentCard[]): Map<string, AppointmentCard[]> {
  const groups = new Map<string, AppointmentCard[]>();
  for (const card of cards) {
    for (const key of card.conflicts) {
      const group = groups.get(key);
      if (group) group.push(card);
      else groups.set(key, [card]);
    }
  }
  return groups;
}

/** `Adjustment`, or `Visit` when the type is unknown here (not yet synced). */
export function typeWord(type: AppointmentTypeView | undefined): string {
  return type?.name || type?.code || 'Visit';
}

export interface CardSurroundings {
  type: AppointmentTypeView | undefined;
  provider: ProviderView | undefined;
  /** Who comes for part of it beside the provider. */
  second?: ProviderView | undefined;
  operatory: string;
  /** `Tue 3 Mar`, where several days are on the grid; else empty. */
  day: string;
  conflict: string;
  isPending: boolean;
  time: (minute: number) => string;
}

/** `Rivera, Ana, Adjustment 40, 9:00 to 9:40, Op 1, Dr Chen, confirmed, conflict with Osei, Kofi`: it begins with what is seen. */
export function cardName(card: AppointmentCard, around: CardSurroundings): string {
  const { time } = around;
  const parts = [
    card.patient_name,
    `${typeWord(around.type)} ${card.length_minutes}`,
    [around.day, `${time(card.start_minute)} to ${time(card.start_minute + card.length_minutes)}`].filter((part) => part !== '').join(' '),
    around.operatory,
    around.second ? `with ${around.provider?.short_name ?? ''}, then ${around.second.short_name}` : (around.provider?.short_name ?? ''),
    STATUS_WORDS[card.status],
    card.doctor_needed ? 'doctor needed' : '',
    around.conflict,
    card.needs_new_time ? 'needs a new time' : '',
    card.has_alert ? 'alert' : '',
    card.is_first_visit ? 'first visit' : '',
    earlyOf(card) > 0 ? `asked to come at ${time(dueMinute(card.start_minute, earlyOf(card)))}` : '',
    card.is_asap ? 'would come sooner' : '',
    card.has_note ? 'has a note' : '',
    around.isPending ? 'being saved' : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** `Op 2, 10:00, free, kept for Bonding, Dr Chen` or `Op 2, 12:10, Lunch`. */
export function freeName(
  where: string,
  minute: number,
  place: { isMissing?: boolean; isOpen: boolean; block: string | null; slot?: SlotCard | null; provider: string | null },
  time: (minute: number) => string,
): string {
  const what = place.isMissing ? 'not on this day' : (place.block ?? (place.isOpen ? 'free' : 'closed'));
  const slot = place.slot ? `kept for ${place.slot.words}` : '';
  return [where, time(minute), what, slot, place.provider ?? ''].filter((part) => part !== '').join(', ');
}

/** `Tue 24 Nov 8:00` is only `8:00` on the slot's own day. */
const releaseWords = (slot: SlotCard, date: string): string => {
  const at = slot.hold?.releases_at ?? '';
  return at.startsWith(date) ? at.slice(11, 16) : `${dayMonthWords(at.slice(0, 10))} ${at.slice(11, 16)}`;
};

/** What stands under a slot's name where there is room: how far it is booked, and until when it is held. */
export function slotNote(slot: SlotCard, date: string): string {
  const parts = [
    slot.capacity > 1 ? `${slot.booked} of ${slot.capacity}` : '',
    slot.hold ? (slot.hold.is_released ? 'free for all' : `held until ${releaseWords(slot, date)}`) : '',
    slot.is_by_hand ? 'by hand' : '',
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** `Long cases, kept for Bonding, 9:00 to 10:30, 0 of 1 booked, changed by hand`. */
export function slotName(slot: SlotCard, date: string, time: (minute: number) => string): string {
  const hold = slot.hold ? (slot.hold.is_released ? 'free for all' : `held for emergencies until ${releaseWords(slot, date)}`) : '';
  const parts = [
    slot.label,
    `kept for ${slot.words}`,
    `${time(slot.start_minute)} to ${time(slot.start_minute + slot.length_minutes)}`,
    `${slot.booked} of ${slot.capacity} booked`,
    hold,
    slot.is_by_hand ? 'changed by hand' : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** `Lunch, 12:00 to 13:00, blocked`. */
export function blockName(piece: BlockPiece, typeNames: (ids: readonly string[]) => string, time: (minute: number) => string): string {
  const { block } = piece;
  const until = time(block.start_minute + block.length_minutes);
  const kind = block.policy.kind;
  const policy =
    kind === 'block' ? 'blocked' : kind === 'warn' ? 'booked only knowingly' : `only for ${typeNames(kind === 'restricted_to' ? block.policy.types : [])}`;
  return `${block.title || 'Blocked'}, ${time(block.start_minute)} to ${until}, ${policy}`;
}

/** What the sheet says of a visit, a free time and a block-out: the names that a screen reader reads. */

import type { AppointmentCard, AppointmentTypeView, ProviderView, Status } from '../desk/api';
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
    around.provider?.short_name ?? '',
    STATUS_WORDS[card.status],
    card.doctor_needed ? 'doctor needed' : '',
    around.conflict,
    card.has_alert ? 'alert' : '',
    card.is_first_visit ? 'first visit' : '',
    card.is_asap ? 'would come sooner' : '',
    card.has_note ? 'has a note' : '',
    around.isPending ? 'being saved' : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** `Op 2, 10:00, free, Dr Chen` or `Op 2, 12:10, Lunch`. */
export function freeName(
  where: string,
  minute: number,
  place: { isOpen: boolean; block: string | null; provider: string | null },
  time: (minute: number) => string,
): string {
  const what = place.block ?? (place.isOpen ? 'free' : 'closed');
  return [where, time(minute), what, place.provider ?? ''].filter((part) => part !== '').join(', ');
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

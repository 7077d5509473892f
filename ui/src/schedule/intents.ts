/** What a person wants, as the day sheet understood it. One gesture yields one intent that changes something, or none. */

import type { AppointmentCard } from '../desk/api';

/** A place on the sheet: a column, by its id, and a minute of the day (wall time at the column's location; on a day on which the clock is set, the minutes that have passed). */
export interface Place {
  column: string;
  minute: number;
}

/** A visit in the hand: `M`, the pinboard, or "Move" in a menu. It survives paging to another day. */
export interface MoveMode {
  card: AppointmentCard;
  /** Where it is held now, so that it stays there when the sheet is taken down and put up again while a day loads. */
  at?: Place;
}

export type EdgeDirection = 'previous' | 'next';

export type Intent =
  | { kind: 'select'; card: string | null }
  | { kind: 'open'; card: string }
  /** Chosen together with others, or no longer; only where the grid has a `look`. */
  | { kind: 'mark'; card: string }
  | { kind: 'cursor'; column: string; minute: number }
  /** Book here. `length` is null when no length was painted: the appointment type's own. */
  | { kind: 'paint'; column: string; minute: number; length: number | null }
  | { kind: 'open_block'; block: string }
  /** The column is one of those on the screen at the drop; it may be of another day than the visit was lifted from. */
  | { kind: 'move'; card: string; column: string; minute: number }
  /** `minute` differs from the visit's start only when its upper edge was dragged. */
  | { kind: 'resize'; card: string; minute: number; length: number }
  | { kind: 'edge'; direction: EdgeDirection }
  | { kind: 'menu'; card: string | null; cursor: Place | null; x: number; y: number }
  /** The menu of a column's head. */
  | { kind: 'head_menu'; column: string; minute: number; x: number; y: number }
  /** Words for the polite live region. */
  | { kind: 'say'; text: string };

/** A booking that is being put together beside the sheet. */
export interface Draft extends Place {
  length: number;
  /** Of the patient; empty until one is chosen. */
  name: string;
}

/**
 * The states of a hand over the day sheet, the events that reach it, and the scene it works in. No DOM: points are pixels
 * from the top left of the first column at the first minute, and "now" comes as milliseconds in ticks.
 *
 *   idle ─ press on a card ──→ pointing_card ─ past the threshold ─→ moving | resizing_start | resizing_end
 *        ─ press on free time → pointing_empty ─ past the threshold → painting
 *        ─ M ────────────────→ carrying          ─ + or − ─────────→ stretching
 *
 * A state is a value that holds exactly what it needs. Every state but idle that could change a visit holds a snapshot of it, and
 * where it would land is computed from that snapshot plus the whole way so far, never step by step.
 */

import type { AppointmentCard } from '../../desk/api';
import type { Column, Finder } from '../columns';
import type { ColumnLayout, Point } from '../geometry/columns';
import type { TimeScale } from '../geometry/time';
import type { EdgeDirection, Intent, Place } from '../intents';

export type { Point } from '../geometry/columns';

/** Which part of a card was pressed. */
export type CardPart = 'body' | 'start' | 'end';

/** What the sheet is while a gesture goes on. Values, so a test makes one in a line. */
export interface Scene {
  columns: readonly Column[];
  /** Which of them holds a visit. */
  find: Finder;
  layout: ColumnLayout;
  scale: TimeScale;
  increment: number;
  canEdit: boolean;
  /** Visits that take their chair, by id. */
  cards: ReadonlyMap<string, AppointmentCard>;
  time: (minute: number) => string;
}

/** A visit as it was when the gesture began. */
export interface Snapshot {
  card: AppointmentCard;
}

export type GestureState =
  | { name: 'idle' }
  | { name: 'pointing_card'; press: Point; part: CardPart; snapshot: Snapshot }
  | { name: 'pointing_empty'; press: Point; at: Place }
  | { name: 'moving'; press: Point; point: Point; snapshot: Snapshot; resting: Resting | null }
  | { name: 'resizing_start'; press: Point; point: Point; snapshot: Snapshot }
  | { name: 'resizing_end'; press: Point; point: Point; snapshot: Snapshot }
  | { name: 'painting'; press: Point; point: Point; column: string }
  /** Move mode: the keyboard has the visit in the hand. `by` counts steps from the snapshot. */
  | { name: 'carrying'; snapshot: Snapshot; at: Place }
  /** The keyboard changes a length. */
  | { name: 'stretching'; snapshot: Snapshot; length: number };

/** How long a drag has rested beyond a side. */
export interface Resting {
  side: EdgeDirection;
  milliseconds: number;
}

export type GestureEvent =
  | { type: 'press_card'; card: string; part: CardPart; point: Point }
  | { type: 'press_empty'; point: Point }
  | { type: 'point'; point: Point }
  /** A finger has stayed: on a touch screen that lifts the card, a mere move would scroll. */
  | { type: 'hold' }
  /** While a drag goes on: the sheet scrolled under a still pointer, which now is at `point`. */
  | { type: 'tick'; point: Point; milliseconds: number; beyond: EdgeDirection | null }
  | { type: 'release' }
  /** Escape, pointercancel, the window lost the pointer. */
  | { type: 'cancel' }
  | { type: 'carry'; card: AppointmentCard; from?: Place }
  | { type: 'stretch'; card: string; steps: number }
  | { type: 'key'; key: string; shift: boolean; alt: boolean }
  /** The sheet got other contents, or another day: the scene is new. */
  | { type: 'sheet_changed' };

export interface Turn {
  state: GestureState;
  intents: Intent[];
}

export const IDLE: GestureState = { name: 'idle' };

/** Pixels a pointer may wander before a press is a drag. */
export const DRAG_THRESHOLD = 4;

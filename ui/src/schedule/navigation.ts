/** Where the arrows go: through the visits and free times of a column, and across columns along one row of time. Pure. */

import type { MinuteSpan } from '../desk/api';
import { clamp, snapDown, snapUp } from './geometry/time';
import type { Place } from './intents';

export interface NavCard {
  id: string;
  start: number;
  end: number;
  lane: number;
}

export interface NavColumn {
  id: string;
  /** In the order of start, then lane. */
  cards: readonly NavCard[];
}

export interface NavSheet {
  columns: readonly NavColumn[];
  range: MinuteSpan;
  increment: number;
  /** When the day begins for Home and ends for End. */
  open: MinuteSpan;
  /** Minutes that a page holds. */
  page: number;
}

/** Where the keyboard is: on a visit or on a free time. `row` is the minute it keeps to when it goes across. */
export type Focus =
  | { kind: 'card'; column: string; card: string; row: number }
  | { kind: 'free'; column: string; row: number };

export type NavKey =
  | 'ArrowUp'
  | 'ArrowDown'
  | 'ArrowLeft'
  | 'ArrowRight'
  | 'Home'
  | 'End'
  | 'PageUp'
  | 'PageDown'
  | 'FirstColumn'
  | 'LastColumn';

export function focusFromPlace(place: Place): Focus {
  return { kind: 'free', column: place.column, row: place.minute };
}

/** The visit under a minute of a column, the leftmost of several, or the free time there. */
export function focusAt(column: NavColumn, minute: number, sheet: NavSheet): Focus {
  const row = clamp(minute, sheet.range.from, sheet.range.until - sheet.increment);
  let found: NavCard | null = null;
  for (const card of column.cards) {
    if (card.start < row + sheet.increment && card.end > row && (found === null || card.lane < found.lane)) found = card;
  }
  return found
    ? { kind: 'card', column: column.id, card: found.id, row }
    : { kind: 'free', column: column.id, row };
}

export function step(from: Focus, key: NavKey, sheet: NavSheet): Focus {
  const index = sheet.columns.findIndex((column) => column.id === from.column);
  const column = sheet.columns[index];
  if (!column) {
    const first = sheet.columns[0];
    return first ? focusAt(first, from.row, sheet) : from;
  }
  const to = (minute: number): Focus => focusAt(column, snapDown(minute, sheet.increment), sheet);
  switch (key) {
    case 'ArrowDown':
      return down(from, column, sheet);
    case 'ArrowUp':
      return up(from, column, sheet);
    case 'ArrowRight':
      return across(from, index, 1, sheet);
    case 'ArrowLeft':
      return across(from, index, -1, sheet);
    case 'Home':
      return to(sheet.open.from);
    case 'End':
      return to(sheet.open.until - sheet.increment);
    case 'PageUp':
      return to(from.row - sheet.page);
    case 'PageDown':
      return to(from.row + sheet.page);
    case 'FirstColumn':
      return focusAt(sheet.columns[0] ?? column, from.row, sheet);
    case 'LastColumn':
      return focusAt(sheet.columns[sheet.columns.length - 1] ?? column, from.row, sheet);
  }
}

function onCard(column: NavColumn, card: NavCard): Focus {
  return { kind: 'card', column: column.id, card: card.id, row: card.start };
}

function down(from: Focus, column: NavColumn, sheet: NavSheet): Focus {
  if (from.kind === 'card') {
    const at = column.cards.findIndex((card) => card.id === from.card);
    const here = column.cards[at];
    const next = column.cards[at + 1];
    if (here) {
      // A knot of overlapping visits is walked through one by one before the time below it.
      const knotEnd = Math.max(...column.cards.slice(0, at + 1).map((card) => card.end));
      const below = snapUp(knotEnd, sheet.increment);
      if (next && next.start < below) return onCard(column, next);
      return freeOrCard(column, below, sheet) ?? from;
    }
  }
  return freeOrCard(column, from.row + sheet.increment, sheet) ?? from;
}

function up(from: Focus, column: NavColumn, sheet: NavSheet): Focus {
  let above = from.row - sheet.increment;
  if (from.kind === 'card') {
    const at = column.cards.findIndex((card) => card.id === from.card);
    const here = column.cards[at];
    const before = column.cards[at - 1];
    if (here) {
      const knotEnd = Math.max(...column.cards.slice(0, at).map((card) => card.end));
      if (before && knotEnd > here.start) return onCard(column, before);
      above = snapDown(here.start, sheet.increment) - sheet.increment;
    }
  }
  if (above < sheet.range.from) return from;
  const last = [...column.cards].reverse().find((card) => card.start < above + sheet.increment && card.end > above);
  return last ? onCard(column, last) : { kind: 'free', column: column.id, row: above };
}

/** Null past the foot of the sheet. */
function freeOrCard(column: NavColumn, minute: number, sheet: NavSheet): Focus | null {
  if (minute > sheet.range.until - sheet.increment) return null;
  const card = column.cards.find((each) => each.start < minute + sheet.increment && each.end > minute);
  return card ? onCard(column, card) : { kind: 'free', column: column.id, row: minute };
}

function across(from: Focus, index: number, direction: 1 | -1, sheet: NavSheet): Focus {
  const column = sheet.columns[index];
  if (column && from.kind === 'card') {
    const here = column.cards.find((card) => card.id === from.card);
    if (here) {
      const beside = column.cards
        .filter((card) => card.start < here.end && card.end > here.start && (card.lane - here.lane) * direction > 0)
        .sort((a, b) => (a.lane - b.lane) * direction)[0];
      if (beside) return { kind: 'card', column: column.id, card: beside.id, row: from.row };
    }
  }
  const next = sheet.columns[index + direction];
  if (!next) return from;
  const row = snapDown(from.row, sheet.increment);
  if (direction > 0) return focusAt(next, row, sheet);
  // Coming from the right the rightmost of several overlapping visits is the nearest.
  const nearest = next.cards
    .filter((card) => card.start < row + sheet.increment && card.end > row)
    .sort((a, b) => b.lane - a.lane)[0];
  return nearest ? { kind: 'card', column: next.id, card: nearest.id, row } : focusAt(next, row, sheet);
}

/** Columns across the sheet: how wide, which are in sight, and what a point hits. */

import { clamp, minuteAt, snapDown, type TimeScale } from './time';

/** Narrower than this a name is not legible; then the sheet scrolls. */
export const MIN_COLUMN = 112;
/** A provider works at two or three chairs at once, a location at all of them: their visits stand side by side. */
export const MIN_PROVIDER_COLUMN = 168;
export const MIN_LOCATION_COLUMN = 280;
/** Wider than this a card is mostly air. */
export const MAX_COLUMN = 420;
export const MAX_LOCATION_COLUMN = 2000;

export interface ColumnLayout {
  count: number;
  width: number;
  /** Width of all columns together. */
  total: number;
}

/** Equal columns that fill the room there is, whole pixels so that hairlines stay sharp. */
export function layoutColumns(count: number, room: number, narrowest = MIN_COLUMN, widest = MAX_COLUMN): ColumnLayout {
  if (count === 0) return { count: 0, width: 0, total: 0 };
  const width = clamp(Math.floor(room / count), narrowest, Math.max(widest, narrowest));
  return { count, width, total: width * count };
}

/** Index of the column at `x` pixels from the first, held inside the sheet. */
export function columnAt(x: number, layout: ColumnLayout): number {
  if (layout.count === 0) return -1;
  return clamp(Math.floor(x / layout.width), 0, layout.count - 1);
}

export interface ColumnWindow {
  first: number;
  /** One past the last. */
  end: number;
}

/**
 * Columns whose cards are worth drawing: those in sight and a few beside them. When the sheet is small enough the answer is
 * all of them, because then scrolling costs nothing.
 */
export function columnsInSight(
  layout: ColumnLayout,
  scrollLeft: number,
  room: number,
  overscan = 2,
  allUpTo = 14,
): ColumnWindow {
  if (layout.count <= allUpTo || layout.width === 0) return { first: 0, end: layout.count };
  const first = Math.floor(scrollLeft / layout.width) - overscan;
  const end = Math.ceil((scrollLeft + room) / layout.width) + overscan;
  return { first: clamp(first, 0, layout.count), end: clamp(end, 0, layout.count) };
}

/** Pixels from the top left corner of the first column at the first minute. */
export interface Point {
  x: number;
  y: number;
}

export interface Hit {
  column: number;
  /** Not rounded. */
  minute: number;
}

/** What lies under a point, held inside the sheet; null when there is no column at all. */
export function hitTest(point: Point, layout: ColumnLayout, scale: TimeScale): Hit | null {
  const column = columnAt(point.x, layout);
  if (column < 0) return null;
  const minute = clamp(minuteAt(point.y, scale), scale.range.from, scale.range.until);
  return { column, minute };
}

/** The grid line at or above a point: where a click puts the cursor. */
export function placeOfHit(hit: Hit, increment: number, scale: TimeScale): Hit {
  const last = scale.range.until - increment;
  return { column: hit.column, minute: clamp(snapDown(hit.minute, increment), scale.range.from, last) };
}

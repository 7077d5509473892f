/** Which rows of a long list are drawn: those in sight and some around them. Rows have one height. */

/** Rows above and below what is in sight, so that a turn of the wheel shows no gap. */
const AROUND = 8;

export interface Rows {
  /** Index of the first row that is drawn, and of the one after the last. */
  from: number;
  until: number;
}

/** `top`, `height` of what is in sight and of a `row` in pixels. */
export function rowsInSight(count: number, top: number, height: number, row: number): Rows {
  if (row <= 0) return { from: 0, until: 0 };
  const from = Math.min(count, Math.max(0, Math.floor(top / row) - AROUND));
  return { from, until: Math.min(count, Math.max(from, Math.ceil((top + height) / row) + AROUND)) };
}

/** Where to scroll so that a row is whole in sight; null if it is. */
export function scrollFor(index: number, top: number, height: number, row: number): number | null {
  if (index * row < top) return index * row;
  if ((index + 1) * row > top + height) return (index + 1) * row - height;
  return null;
}

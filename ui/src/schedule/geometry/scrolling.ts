/** Scrolling by itself while a drag rests near an edge, and when it has rested long enough at a side to turn the page. */

export interface Velocity {
  /** Pixels a second; negative is up or left. */
  x: number;
  y: number;
}

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Pixels from the edge where scrolling begins. */
export const EDGE_ZONE = 44;
const SLOWEST = 90;
const FASTEST = 1100;

/** Faster the nearer to the edge, fastest beyond it; still when `distance` is outside the zone. */
function speed(distance: number): number {
  if (distance >= EDGE_ZONE) return 0;
  const depth = Math.min(1, (EDGE_ZONE - distance) / EDGE_ZONE);
  return SLOWEST + (FASTEST - SLOWEST) * depth * depth;
}

/** How fast to scroll for a pointer at `x`, `y` in a box, all in the same (window) pixels. */
export function scrollVelocity(x: number, y: number, box: Box): Velocity {
  return {
    x: speed(box.right - x) - speed(x - box.left) || 0,
    y: speed(box.bottom - y) - speed(y - box.top) || 0,
  };
}

/** Milliseconds a drag must rest beyond a side that cannot scroll further before the day turns. */
export const PAGE_DWELL_MS = 650;

/** Which side a pointer rests beyond: outside the sheet, or on its last few pixels. */
export function sideAt(x: number, box: Box): 'previous' | 'next' | null {
  if (x <= box.left + 6) return 'previous';
  if (x >= box.right - 6) return 'next';
  return null;
}

/** Minutes of the day and pixels; snapping to the practice's time increment; which part of the day is worth showing. */

import type { AppointmentCard, BlockCard, MinuteSpan } from '../../desk/api';

/** Of a day on which the clock is not set. */
export const DAY_MINUTES = 1440;

/** A vertical scale: where the sheet begins and how tall a minute is. */
export interface TimeScale {
  range: MinuteSpan;
  hourHeight: number;
  /** How far the text is scaled, and the hours with it: 2 at 200 %; 1 unless said. */
  textScale?: number;
  /** How many minutes the day has; 1440 unless said. */
  dayMinutes?: number;
}

/** Pixels from the top of the sheet for a minute of the day. */
export function yOf(minute: number, scale: TimeScale): number {
  return ((minute - scale.range.from) * scale.hourHeight) / 60;
}

/** Height in pixels of so many minutes. */
export function heightOf(minutes: number, scale: TimeScale): number {
  return (minutes * scale.hourHeight) / 60;
}

/** Minute of the day, not rounded, at so many pixels from the top of the sheet. */
export function minuteAt(y: number, scale: TimeScale): number {
  return scale.range.from + (y * 60) / scale.hourHeight;
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), Math.max(low, high));
}

export function snapDown(minute: number, increment: number): number {
  return Math.floor(minute / increment) * increment;
}

export function snapUp(minute: number, increment: number): number {
  return Math.ceil(minute / increment) * increment;
}

export function snapNearest(minute: number, increment: number): number {
  return Math.round(minute / increment) * increment;
}

/**
 * Where a visit that stood at `origin` lands after being dragged by `delta` minutes.
 * A drag of less than half an increment leaves it where it was, even off the grid (an imported 9:05 stays 9:05
 * when it only changes column); a longer one puts it on the grid.
 */
export function snapMoved(origin: number, delta: number, increment: number): number {
  if (Math.abs(delta) < increment / 2) return origin;
  return snapNearest(origin + delta, increment);
}

/** Opening hours when a closed day has nothing else to go by. */
const QUIET_DAY: MinuteSpan = { from: 8 * 60, until: 17 * 60 };

/**
 * The part of the day to draw: opening hours with a margin, stretched to whole hours and to hold every visit and every
 * block-out that begins or ends by day. A block-out over the whole day stretches nothing.
 */
export function visibleRange(
  open: readonly MinuteSpan[],
  visits: readonly Pick<AppointmentCard, 'start_minute' | 'length_minutes'>[],
  blocks: readonly Pick<BlockCard, 'start_minute' | 'length_minutes'>[],
  dayMinutes = DAY_MINUTES,
  marginMinutes = 30,
): MinuteSpan {
  let from = dayMinutes;
  let until = 0;
  for (const span of open) {
    from = Math.min(from, span.from - marginMinutes);
    until = Math.max(until, span.until + marginMinutes);
  }
  if (until <= from) ({ from, until } = QUIET_DAY);
  for (const visit of visits) {
    from = Math.min(from, visit.start_minute);
    until = Math.max(until, visit.start_minute + visit.length_minutes);
  }
  for (const block of blocks) {
    const end = block.start_minute + block.length_minutes;
    if (block.start_minute > 0) from = Math.min(from, block.start_minute);
    if (end < dayMinutes) until = Math.max(until, end);
  }
  return {
    from: clamp(snapDown(from, 60), 0, dayMinutes - 60),
    until: clamp(snapUp(until, 60), 60, dayMinutes),
  };
}

/** Pixels of the now-line from the top, or null when now is not on the sheet. */
export function nowLine(nowMinute: number | null, scale: TimeScale): number | null {
  if (nowMinute === null) return null;
  if (nowMinute < scale.range.from || nowMinute > scale.range.until) return null;
  return yOf(nowMinute, scale);
}

/** `9:40`, the way a clock with 24 hours writes it. */
export function plainTime(minute: number): string {
  const hours = Math.floor(minute / 60);
  const rest = Math.round(minute - hours * 60);
  return `${hours}:${String(rest).padStart(2, '0')}`;
}

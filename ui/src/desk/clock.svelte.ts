/**
 * The desk's clock on the screen: what the desk said, plus the time that passed since. Wall times per location come
 * from the desk; the computer's own zone data is never asked.
 */

import type { Now } from './api';
import { addDays, daysBetween, timeWords, wallDate, wallMinute } from '../shared/dates';

const MINUTE = 60_000;

export interface Wall {
  date: string;
  minute: number;
}

export class Clock {
  #now = $state.raw<Now | null>(null);
  #heardAt = 0;
  /** Whole minutes since the desk spoke, counted from the start of its minute; the only thing that ticks. */
  #passed = $state(0);
  #elapsed: () => number;

  /** `elapsed` is a monotonic count of milliseconds; tests give their own. */
  constructor(elapsed: () => number = () => performance.now()) {
    this.#elapsed = elapsed;
  }

  hear(now: Now): void {
    this.#now = now;
    this.#heardAt = this.#elapsed();
    this.#passed = 0;
  }

  get isFixed(): boolean {
    return this.#now?.is_fixed ?? false;
  }

  /** Moves the minute on. Says whether it is time to ask the desk again (each quarter of an hour: zones may have changed). */
  tick(): boolean {
    const now = this.#now;
    if (!now || now.is_fixed) return false;
    const passed = Math.floor(((Date.parse(now.instant) % MINUTE) + this.#elapsed() - this.#heardAt) / MINUTE);
    if (passed !== this.#passed) this.#passed = passed;
    return passed >= 15;
  }

  /** Wall date and minute at a location; null until the desk has spoken, or for a place it did not name. */
  at(location: string | null): Wall | null {
    const place = this.#now?.at.find((at) => at.location === location);
    if (!place) return null;
    const minute = place.minute + this.#passed;
    return minute < 1440
      ? { date: place.date, minute }
      : { date: addDays(place.date, Math.floor(minute / 1440)), minute: minute % 1440 };
  }

  /** The wall there shows this hour for the second time today. */
  isLater(location: string | null): boolean {
    return this.#now?.at.find((at) => at.location === location)?.later_of_two ?? false;
  }

  /** Milliseconds since 1970, UTC. */
  instant(): number {
    const now = this.#now;
    if (!now) return 0;
    return Date.parse(now.instant) + (now.is_fixed ? 0 : this.#passed * MINUTE);
  }

  /** This moment at a location to the second, `09:41:07`: when something was saved. Does not tick. */
  momentNow(location: string | null): string {
    const now = this.#now;
    const place = now?.at.find((at) => at.location === location);
    if (!now || !place) return '';
    const heard = Date.parse(now.instant);
    const passed = now.is_fixed ? 0 : this.#elapsed() - this.#heardAt;
    const seconds = Math.floor(((heard % MINUTE) + passed) / 1000) + place.minute * 60;
    return `${timeWords(Math.floor(seconds / 60) % 1440)}:${String(seconds % 60).padStart(2, '0')}`;
  }

  /** Whole minutes since an instant, never negative: for waiting times. */
  minutesSince(instant: string): number {
    return Math.max(0, Math.floor((this.instant() - Date.parse(instant)) / MINUTE));
  }

  /**
   * An instant of today or a near day as wall time at a location, with the offset the location has now. Further back,
   * over a change of the clocks, the hour could be wrong, so callers show only the date then.
   */
  wallOf(instant: string, location: string | null): Wall | null {
    const now = this.#now;
    const place = now?.at.find((at) => at.location === location);
    if (!now || !place || Number.isNaN(Date.parse(instant))) return null;
    const base = Math.floor(Date.parse(now.instant) / MINUTE);
    const minutes = wallMinute(place.wall) + Math.floor(Date.parse(instant) / MINUTE) - base;
    return { date: addDays(wallDate(place.wall), Math.floor(minutes / 1440)), minute: ((minutes % 1440) + 1440) % 1440 };
  }

  /** `09:41` today, `Mon 23 Nov` before. */
  momentWords(instant: string, location: string | null, dayWords: (date: string) => string): string {
    const wall = this.wallOf(instant, location);
    const today = this.at(location);
    if (!wall || !today) return '';
    return daysBetween(wall.date, today.date) === 0 ? timeWords(wall.minute) : dayWords(wall.date);
  }
}

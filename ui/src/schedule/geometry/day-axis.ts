/**
 * The grid's axis on days on which the clock is set. The wall says how a day is read; the axis counts the minutes that pass. Where
 * an hour comes twice it is there twice; an hour that no column has is not there at all. On every other day the axis is the wall.
 */

import type { DayClock, MinuteSpan } from '../../desk/api';
import { DAY_MINUTES } from './time';

/** A time on the wall; `later`: it comes twice that day, and this is the second. */
export interface WallTime {
  minute: number;
  later: boolean;
}

interface Repeat extends MinuteSpan {
  /** `EDT`, `EST`: what tells the two apart. */
  zones: readonly [string, string];
}

interface Settings {
  repeat: Repeat | null;
  gap: MinuteSpan | null;
}

/** What of a day comes twice, and what not at all. */
function settingsOf(clock: DayClock | null): Settings {
  const settings: Settings = { repeat: null, gap: null };
  let reached = 0;
  let zone = '';
  let from = 0;
  for (const stretch of clock?.stretches ?? []) {
    reached += stretch.from - from;
    if (stretch.wall < reached) settings.repeat ??= { from: stretch.wall, until: reached, zones: [zone, stretch.zone] };
    else if (stretch.wall > reached) settings.gap ??= { from: reached, until: stretch.wall };
    [reached, from, zone] = [stretch.wall, stretch.from, stretch.zone];
  }
  return settings;
}

const isSame = (one: MinuteSpan | null, other: MinuteSpan | null): boolean => one?.from === other?.from && one?.until === other?.until;

export class DayAxis {
  readonly #repeat: Repeat | null;
  readonly #gap: MinuteSpan | null;
  readonly #again: number;
  readonly #left: number;

  /** `clocks` of everything on the screen; null: a day like any other. */
  constructor(clocks: readonly (DayClock | null)[]) {
    const all = clocks.map(settingsOf);
    this.#repeat = all.find((one) => one.repeat)?.repeat ?? null;
    // Left out only where nobody needs it: other days beside it have that hour.
    const gap = all[0]?.gap ?? null;
    this.#gap = gap && all.every((one) => isSame(one.gap, gap)) ? gap : null;
    this.#again = this.#repeat ? this.#repeat.until - this.#repeat.from : 0;
    this.#left = this.#gap ? this.#gap.until - this.#gap.from : 0;
  }

  get isWall(): boolean {
    return this.#again === 0 && this.#left === 0;
  }

  /** How long the axis is: 1380, 1440, 1500. */
  get minutes(): number {
    return DAY_MINUTES + this.#again - this.#left;
  }

  /** Where a time on the wall is on the axis. */
  at(minute: number, later = false): number {
    const again = this.#repeat && (minute >= this.#repeat.until || (later && minute >= this.#repeat.from)) ? this.#again : 0;
    if (!this.#gap || minute <= this.#gap.from) return minute + again;
    return Math.max(minute - this.#left, this.#gap.from) + again;
  }

  /** What the wall shows at a place on the axis. */
  wall(at: number): WallTime {
    const { from, until } = this.#repeat ?? { from: DAY_MINUTES, until: DAY_MINUTES };
    const later = at >= until && at < until + this.#again;
    const minute = at >= until ? at - this.#again : at;
    if (this.#gap && minute >= this.#gap.from) return { minute: minute + this.#left, later: false };
    return { minute, later: later && minute >= from };
  }

  /** Which of two equal times is meant: `EST`; empty where there is only one. */
  zone(at: number): string {
    const { minute, later } = this.wall(at);
    if (!this.#repeat || minute < this.#repeat.from || minute >= this.#repeat.until) return '';
    return this.#repeat.zones[later ? 1 : 0];
  }

  /** On the axis, what one of the days does not have. */
  missing(clock: DayClock | null): MinuteSpan[] {
    const { repeat, gap } = settingsOf(clock);
    const missing: MinuteSpan[] = [];
    if (this.#repeat && !isSame(repeat, this.#repeat)) missing.push({ from: this.#repeat.until, until: this.#repeat.until + this.#again });
    if (gap && !isSame(gap, this.#gap)) missing.push({ from: this.at(gap.from), until: this.at(gap.until) });
    return missing;
  }
}

/**
 * What of the days is drawn where: hours, columns, visits, block-outs, closed time, now. It follows what the grid is given and
 * the room that it has; it knows nothing of gestures or focus.
 */

import type { DaySheet, MinuteSpan, RosterView } from '../desk/api';
import { finder, groupColumns, sheetIndex, type Column, type ColumnKind } from './columns';
import {
  columnsInSight,
  layoutColumns,
  MAX_COLUMN,
  MAX_LOCATION_COLUMN,
  MIN_COLUMN,
  MIN_LOCATION_COLUMN,
  MIN_PROVIDER_COLUMN,
} from './geometry/columns';
import { cutBlocks, gaps, isBroken, merge, providerAway } from './geometry/spans';
import { slotPieces, type SlotPiece } from './geometry/slots';
import { looksIn, type LookIn } from './geometry/looking-in';
import { chosenBars, providerTime } from './geometry/provider-time';
import { DAY_MINUTES, heightOf, nowLine, visibleRange, type TimeScale } from './geometry/time';
import type { Place } from './intents';
import { rememberingLayout } from './layout';
import { indexRoster } from './roster';
import { freeName, groupByConflict } from './words';

/** The grid's own props, read when they are needed. */
export interface Given {
  readonly sheets: readonly DaySheet[];
  readonly roster: RosterView;
  readonly columns: readonly Column[];
  readonly nowAt: (column: Column) => number | null;
  readonly hourHeight: number;
  readonly showBroken: boolean;
  readonly showSlots: boolean;
  readonly formatTime: (minute: number) => string;
  readonly dayMinutes: number;
  readonly missing: (column: Column) => readonly MinuteSpan[];
}

/** Time of one column in which nobody is expected. */
export interface Ground {
  closed: readonly MinuteSpan[];
  away: readonly MinuteSpan[];
  /** Not on this day: the clock is set over it, or comes back to it only on another. */
  missing: readonly MinuteSpan[];
}

/** Pixels at the usual text size: the times at the left, the heads above, and the days above those. */
const GUTTER = 48;
/** Where a time has to say its zone: `1:30 EST`. */
const WIDE_GUTTER = 76;
const HEADS = 46;
const GROUPS = 26;
const BAR = 12;
/** More would take the room of a column. */
const MOST_BARS = 6;

const NARROWEST: Record<ColumnKind, number> = { operatory: MIN_COLUMN, provider: MIN_PROVIDER_COLUMN, location: MIN_LOCATION_COLUMN };

const NOTHING: Ground = { closed: [], away: [], missing: [] };

export class Picture {
  roomWidth = $state(0);
  roomHeight = $state(0);
  /** Cards are drawn once, when the room is known, not once before and once after. */
  isMeasured = $state(false);
  scrollLeft = $state(0);
  /** Text may be scaled to 200 %: the sheet grows with it. */
  textScale = $state(1);

  readonly #given: Given;
  readonly #layOut = rememberingLayout();
  // Written only when they differ: every card hangs on the scale, and one visit that moves must not ask all the others.
  #from = $state(0);
  #until = $state(0);

  /** Days or locations side by side; one of each needs no second row of heads. */
  readonly groups = $derived.by(() => groupColumns(this.#given.columns));
  readonly hasGroups = $derived(this.groups.length > 1);
  /** The doctors' own bars, on one day at one location: elsewhere there would be a set for each. */
  readonly #needed = $derived.by(() => {
    const { columns, roster } = this.#given;
    const zones = new Map(roster.locations.map((place) => [place.id, place.zone]));
    // One clock: a bar beside several days, or beside two zones, would be about none of them.
    const clocks = new Set(columns.map((column) => `${column.date} ${zones.get(column.location) ?? column.location}`));
    if (clocks.size !== 1) return [];
    return roster.providers
      .filter((provider) => provider.kind === 'doctor')
      .map((provider) => ({ provider, time: providerTime(this.visits, provider.id) }))
      .filter(({ time }) => time.minutes > 0);
  });
  readonly bars = $derived.by(() => chosenBars(this.#needed, MOST_BARS));
  /** Doctors for whose bars there is no room. */
  readonly barless = $derived.by(() => this.#needed.filter((one) => !this.bars.includes(one)).map(({ provider }) => provider));
  readonly barWidth = $derived(Math.round(BAR * this.textScale));
  readonly gutter = $derived.by(() => Math.round((this.#given.dayMinutes > DAY_MINUTES ? WIDE_GUTTER : GUTTER) * this.textScale) + (this.bars.length + (this.barless.length > 0 ? 1 : 0)) * this.barWidth);
  readonly headHeight = $derived(Math.round((HEADS + (this.hasGroups ? GROUPS : 0)) * this.textScale));

  readonly index = $derived.by(() => indexRoster(this.#given.roster));
  readonly find = $derived.by(() => finder(this.#given.columns));
  readonly sheetOf = $derived.by(() => sheetIndex(this.#given.sheets));
  // New sheets often hold the old blocks and hours: what depends on them is then not done again.
  readonly #blockLists = keptList(() => this.#given.sheets.map((sheet) => sheet.blocks));
  readonly #slotLists = keptList(() => this.#given.sheets.map((sheet) => sheet.slots));
  readonly #openLists = keptList(() => this.#given.sheets.map((sheet) => sheet.open));
  readonly #hourLists = keptList(() => this.#given.sheets.map((sheet) => sheet.provider_hours));
  readonly blocks = $derived.by(() => this.#blockLists.now.flat());
  readonly open = $derived.by(() => merge(this.#openLists.now.flat()));
  readonly visits = $derived.by(() => {
    const all = this.#given.sheets.flatMap((sheet) => sheet.appointments);
    return this.#given.showBroken ? all : all.filter((card) => !isBroken(card));
  });
  readonly scale = $derived.by((): TimeScale => ({
    range: { from: this.#from, until: this.#until },
    hourHeight: this.#given.hourHeight * this.textScale,
    textScale: this.textScale,
    dayMinutes: this.#given.dayMinutes,
  }));
  readonly height = $derived(heightOf(this.scale.range.until - this.scale.range.from, this.scale));
  readonly #kind = $derived.by((): ColumnKind => this.#given.columns[0]?.kind ?? 'operatory');
  readonly layout = $derived.by(() =>
    layoutColumns(
      this.#given.columns.length,
      this.roomWidth - this.gutter,
      Math.round(NARROWEST[this.#kind] * this.textScale),
      this.#kind === 'location' ? MAX_LOCATION_COLUMN : MAX_COLUMN,
    ),
  );
  readonly placed = $derived.by(() => this.#layOut(this.#given.columns, this.visits, this.find));
  readonly byConflict = $derived.by(() => groupByConflict(this.#given.sheets.flatMap((sheet) => sheet.appointments)));
  readonly blocksByColumn = $derived.by(() => {
    const lists = this.#blockLists.now;
    const at = new Map(this.#given.sheets.map((sheet, index) => [`${sheet.location}|${sheet.date}`, index]));
    return new Map(
      this.#given.columns.map((column) => [
        column.id,
        cutBlocks(lists[at.get(`${column.location}|${column.date}`) ?? -1] ?? [], column, this.scale.range),
      ]),
    );
  });
  /** What a template reserves, behind the visits. */
  readonly slotsByColumn = $derived.by((): ReadonlyMap<string, readonly SlotPiece[]> => {
    const lists = this.#slotLists.now;
    if (!this.#given.showSlots) return new Map();
    const at = new Map(this.#given.sheets.map((sheet, index) => [`${sheet.location}|${sheet.date}`, index]));
    return new Map(
      this.#given.columns.map((column) => [
        column.id,
        slotPieces(lists[at.get(`${column.location}|${column.date}`) ?? -1] ?? [], column, this.scale.range),
      ]),
    );
  });
  /** Where the provider of a column is needed in visits of other columns. */
  readonly looksByColumn = $derived.by((): ReadonlyMap<string, readonly LookIn[]> =>
    this.#kind === 'provider' ? new Map(this.#given.columns.map((column) => [column.id, looksIn(this.visits, column)])) : new Map(),
  );
  readonly inSight = $derived.by(() => columnsInSight(this.layout, this.scrollLeft, this.roomWidth - this.gutter));
  /** When each column's place is closed, and when its provider is not in. */
  readonly grounds = $derived.by(() => {
    void this.#openLists.now;
    void this.#hourLists.now;
    const { columns, roster } = this.#given;
    return columns.map((column): Ground => {
      const sheet = this.sheetOf(column);
      if (!sheet) return NOTHING;
      return {
        closed: gaps(sheet.open, this.scale.range),
        away: providerAway(column.provider, sheet.provider_hours, sheet.open, roster),
        missing: this.#given.missing(column),
      };
    });
  });
  readonly nows = $derived.by(() => this.#given.columns.map((column) => this.#given.nowAt(column)));
  /** Now, where the whole grid has the same. */
  readonly nowMinute = $derived.by(() => {
    const [first, ...others] = new Set(this.nows);
    return others.length === 0 ? (first ?? null) : null;
  });
  readonly now = $derived.by(() => nowLine(this.nowMinute, this.scale));

  constructor(given: Given) {
    this.#given = given;
    const range = $derived(visibleRange(this.open, this.visits, this.blocks, this.#given.dayMinutes));
    $effect.pre(() => {
      this.#from = range.from;
      this.#until = range.until;
    });
  }

  columnOf(id: string | undefined): number {
    return this.#given.columns.findIndex((column) => column.id === id);
  }

  /** Where a column is, in full. */
  wordsOf(id: string): string {
    return this.#given.columns[this.columnOf(id)]?.words ?? '';
  }

  /** From the first opening to the last closing; the whole range on a closed day. */
  openDay(): MinuteSpan {
    const first = this.open[0];
    const last = this.open[this.open.length - 1];
    return first && last ? { from: first.from, until: last.until } : { ...this.scale.range };
  }

  /** Free time as it is read: whose, when, and why one would not book there. */
  freeNameAt(at: Place): string {
    const column = this.#given.columns[this.columnOf(at.column)];
    const piece = this.blocksByColumn.get(at.column)?.find((each) => each.span.from <= at.minute && at.minute < each.span.until);
    const slot = this.slotsByColumn.get(at.column)?.find((each) => each.span.from <= at.minute && at.minute < each.span.until)?.slot ?? null;
    const isOwn = column?.kind === 'provider';
    const provider = column?.provider && !isOwn ? this.index.providers.get(column.provider) : undefined;
    const open = (column && this.sheetOf(column)?.open) ?? [];
    const isMissing = column !== undefined && this.#given.missing(column).some((span) => span.from <= at.minute && at.minute < span.until);
    const isOpen = open.some((span) => span.from <= at.minute && at.minute < span.until);
    return freeName(
      column?.words ?? '',
      at.minute,
      { isMissing, isOpen, block: piece ? piece.block.title || 'blocked' : null, slot, provider: provider?.short_name ?? null },
      this.#given.formatTime,
    );
  }
}

/** The same list again while its members are the same. */
function keptList<T>(list: () => readonly T[]): { readonly now: readonly T[] } {
  let before: readonly T[] = [];
  const now = $derived.by(() => {
    const next = list();
    if (next.length !== before.length || next.some((each, at) => each !== before[at])) before = next;
    return before;
  });
  return {
    get now() {
      return now;
    },
  };
}

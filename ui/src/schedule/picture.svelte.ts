/**
 * What of a day is drawn where: hours, columns, visits, block-outs, closed time, now. It follows what the sheet is given and
 * the room that it has; it knows nothing of gestures or focus.
 */

import type { DaySheet, OperatoryView, RosterView } from '../desk/api';
import { columnsInSight, layoutColumns, MIN_COLUMN } from './geometry/columns';
import { cutBlocks, gaps, isBroken, merge, providerAway } from './geometry/spans';
import { heightOf, nowLine, visibleRange, type TimeScale } from './geometry/time';
import type { Place } from './intents';
import { rememberingLayout } from './layout';
import { indexRoster } from './roster';
import { freeName, groupByConflict } from './words';

/** The sheet's own props, read when they are needed. */
export interface Given {
  readonly sheet: DaySheet;
  readonly roster: RosterView;
  readonly columns: OperatoryView[];
  readonly nowMinute: number | null;
  readonly hourHeight: number;
  readonly showBroken: boolean;
  readonly formatTime: (minute: number) => string;
}

/** Pixels at the usual text size: the times at the left, the heads above. */
const GUTTER = 48;
const HEADS = 46;

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

  readonly gutter = $derived(Math.round(GUTTER * this.textScale));
  readonly headHeight = $derived(Math.round(HEADS * this.textScale));

  readonly index = $derived.by(() => indexRoster(this.#given.roster));
  // A new sheet often holds the old blocks and hours: what depends on them is then not done again.
  readonly blocks = $derived.by(() => this.#given.sheet.blocks);
  readonly open = $derived.by(() => this.#given.sheet.open);
  readonly #providerHours = $derived.by(() => this.#given.sheet.provider_hours);
  readonly visits = $derived.by(() => {
    const { appointments } = this.#given.sheet;
    return this.#given.showBroken ? appointments : appointments.filter((card) => !isBroken(card));
  });
  readonly scale = $derived.by((): TimeScale => ({
    range: { from: this.#from, until: this.#until },
    hourHeight: this.#given.hourHeight * this.textScale,
    textScale: this.textScale,
  }));
  readonly height = $derived(heightOf(this.scale.range.until - this.scale.range.from, this.scale));
  readonly layout = $derived.by(() =>
    layoutColumns(this.#given.columns.length, this.roomWidth - this.gutter, Math.round(MIN_COLUMN * this.textScale)),
  );
  readonly placed = $derived.by(() => this.#layOut(this.#given.columns, this.visits));
  readonly byConflict = $derived.by(() => groupByConflict(this.#given.sheet.appointments));
  readonly blocksByColumn = $derived.by(
    () => new Map(this.#given.columns.map((column) => [column.id, cutBlocks(this.blocks, column, this.scale.range)])),
  );
  readonly inSight = $derived.by(() => columnsInSight(this.layout, this.scrollLeft, this.roomWidth - this.gutter));
  readonly closed = $derived.by(() => gaps(this.open, this.scale.range));
  /** When each column's usual provider is not in. */
  readonly away = $derived.by(() =>
    this.#given.columns.map((column) => providerAway(column.usual_provider, this.#providerHours, this.open, this.#given.roster)),
  );
  readonly now = $derived.by(() => nowLine(this.#given.nowMinute, this.scale));

  constructor(given: Given) {
    this.#given = given;
    const range = $derived(visibleRange(this.open, this.visits, this.blocks));
    $effect.pre(() => {
      this.#from = range.from;
      this.#until = range.until;
    });
  }

  columnOf(operatory: string | undefined): number {
    return this.#given.columns.findIndex((column) => column.id === operatory);
  }

  nameOf(operatory: string): string {
    return this.#given.columns[this.columnOf(operatory)]?.name ?? '';
  }

  /** From the first opening to the last closing; the whole range on a closed day. */
  openDay(): { from: number; until: number } {
    const spans = merge(this.open);
    const first = spans[0];
    const last = spans[spans.length - 1];
    return first && last ? { from: first.from, until: last.until } : { ...this.scale.range };
  }

  /** Free time as it is read: whose, when, and why one would not book there. */
  freeNameAt(at: Place): string {
    const column = this.#given.columns[this.columnOf(at.operatory)];
    const piece = this.blocksByColumn.get(at.operatory)?.find((each) => each.span.from <= at.minute && at.minute < each.span.until);
    const provider = column?.usual_provider ? this.index.providers.get(column.usual_provider) : undefined;
    const isOpen = this.open.some((span) => span.from <= at.minute && at.minute < span.until);
    return freeName(
      column?.name ?? '',
      at.minute,
      { isOpen, block: piece ? piece.block.title || 'blocked' : null, provider: provider?.short_name ?? null },
      this.#given.formatTime,
    );
  }
}

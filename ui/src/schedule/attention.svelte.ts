/**
 * Where the keyboard is on the sheet, and that it can be seen: one thing that Tab reaches, which the focus follows and which is
 * scrolled into sight. It is never lost: not when a card vanishes, not when the day turns.
 */

import { tick } from 'svelte';
import type { AppointmentCard } from '../desk/api';
import { heightOf, yOf } from './geometry/time';
import type { Intent, Place } from './intents';
import type { Focus, NavSheet } from './navigation';
import type { Picture } from './picture.svelte';

interface Around {
  readonly picture: Picture;
  readonly columns: readonly { id: string }[];
  readonly increment: number;
  readonly nowMinute: number | null;
  readonly selected: string | null;
  readonly cursor: Place | null;
  /** A visit hangs on the keyboard: then the cursor goes with it. */
  readonly isCarrying: boolean;
  /** The element that scrolls. */
  readonly scroller: HTMLElement | null;
  readonly card: (id: string) => AppointmentCard | undefined;
  readonly emit: (intent: Intent) => void;
  /** Sets the cursor without a word: the visit that lies there is chosen. */
  readonly moveCursor: (to: Place) => void;
}

/** Pixels left free beside what is scrolled into sight. */
const MARGIN = 12;
/** A page of the keyboard is no shorter. */
const LEAST_PAGE_MINUTES = 60;

export class Attention {
  readonly #around: Around;

  readonly sheet = $derived.by((): NavSheet => {
    const { picture, columns, increment } = this.#around;
    return {
      columns: columns.map((column) => ({ id: column.id, cards: picture.placed.get(column.id)?.nav ?? [] })),
      range: picture.scale.range,
      increment,
      open: picture.openDay(),
      page: Math.max(LEAST_PAGE_MINUTES, Math.floor((picture.roomHeight - picture.headHeight) / picture.scale.hourHeight) * 60),
    };
  });

  /** The one thing on the sheet that Tab reaches. */
  readonly active = $derived.by((): Focus => {
    const { picture, selected, cursor } = this.#around;
    const card = selected === null ? undefined : this.#around.card(selected);
    const column = card && picture.find.columnOf(card);
    if (card && column !== undefined) {
      const row = cursor?.column === column ? cursor.minute : card.start_minute;
      const isRowInside = row >= card.start_minute && row < card.start_minute + card.length_minutes;
      return { kind: 'card', column, card: card.id, row: isRowInside ? row : card.start_minute };
    }
    const at = cursor !== null && picture.placed.has(cursor.column) ? cursor : this.#home();
    return { kind: 'free', column: at.column, row: at.minute };
  });

  /** The visit that Tab reaches, if it is one. */
  readonly tabStop = $derived.by(() => (this.active.kind === 'card' && !this.#around.isCarrying ? this.active.card : null));

  constructor(around: Around) {
    this.#around = around;
  }

  /** Where the keyboard begins: now, or when the day opens. */
  #home(): Place {
    const { picture, columns, increment, nowMinute } = this.#around;
    const { from, until } = picture.scale.range;
    const held = Math.min(Math.max(nowMinute ?? picture.openDay().from, from), until - increment);
    return { column: columns[0]?.id ?? '', minute: Math.floor(held / increment) * increment };
  }

  element(): HTMLElement | null {
    const { scroller, isCarrying } = this.#around;
    const { active } = this;
    if (active.kind === 'card' && !isCarrying) {
      for (const card of scroller?.querySelectorAll<HTMLElement>('[data-card]') ?? []) {
        if (card.dataset['card'] === active.card) return card;
      }
    }
    return scroller?.querySelector<HTMLElement>('[data-cursor]') ?? null;
  }

  get isHere(): boolean {
    return this.#around.scroller?.contains(document.activeElement) ?? false;
  }

  /** The focus was lost, not taken: by a panel that opened meanwhile, say. */
  get isNowhere(): boolean {
    return document.activeElement === null || document.activeElement === document.body;
  }

  async focus(): Promise<void> {
    this.reveal(this.active);
    await tick();
    this.element()?.focus({ preventScroll: true });
  }

  /** Takes the keyboard there, and the focus with it. */
  goTo(focus: Focus): void {
    const { selected, emit } = this.#around;
    if (focus.kind === 'card') {
      this.#around.moveCursor({ column: focus.column, minute: focus.row });
      if (selected !== focus.card) emit({ kind: 'select', card: focus.card });
    } else {
      if (selected !== null) emit({ kind: 'select', card: null });
      emit({ kind: 'cursor', column: focus.column, minute: focus.row });
    }
    void this.focus();
  }

  /** Scrolls just as far as it takes; the sticky heads and times cover nothing. */
  reveal(focus: Focus): void {
    const { picture, scroller, increment } = this.#around;
    const column = picture.columnOf(focus.column);
    if (!scroller || column < 0) return;
    const card = focus.kind === 'card' ? this.#around.card(focus.card) : undefined;
    const from = yOf(card?.start_minute ?? focus.row, picture.scale);
    const until = from + heightOf(card?.length_minutes ?? increment, picture.scale);
    const seenHeight = picture.roomHeight - picture.headHeight;
    const seenWidth = picture.roomWidth - picture.gutter;
    if (from - MARGIN < scroller.scrollTop) scroller.scrollTop = from - MARGIN;
    else if (until + MARGIN > scroller.scrollTop + seenHeight) {
      scroller.scrollTop = Math.min(from - MARGIN, until + MARGIN - seenHeight);
    }
    const { width } = picture.layout;
    const left = column * width;
    if (left < scroller.scrollLeft) scroller.scrollLeft = left;
    else if (left + width > scroller.scrollLeft + seenWidth) scroller.scrollLeft = left + width - seenWidth;
    this.noteScroll();
  }

  noteScroll(): void {
    const { picture, scroller } = this.#around;
    const { width } = picture.layout;
    // Whole columns only: scrolling by a few pixels redraws nothing.
    if (scroller && width > 0) picture.scrollLeft = Math.floor(scroller.scrollLeft / width) * width;
  }

  scrollToNow(): void {
    const { picture, scroller } = this.#around;
    if (!scroller) return;
    const air = MARGIN * picture.textScale;
    if (picture.now === null) scroller.scrollTop = yOf(picture.openDay().from, picture.scale) - air;
    else {
      // At a half hour, so that no time is cut by the heads.
      const top = picture.now - (picture.roomHeight - picture.headHeight) / 3;
      const half = picture.scale.hourHeight / 2;
      scroller.scrollTop = Math.round(top / half) * half - air;
    }
  }
}

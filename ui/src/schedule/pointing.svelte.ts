/**
 * What the pointer does on the sheet: it points to a free place, presses, opens, asks for a menu. What a drag means is the
 * gesture machine's.
 */

import type { Attention } from './attention.svelte';
import { hitTest, placeOfHit } from './geometry/columns';
import type { Hand } from './hand.svelte';
import type { Intent, Place } from './intents';
import type { Focus } from './navigation';
import type { Picture } from './picture.svelte';

interface Around {
  readonly picture: Picture;
  readonly hand: Hand;
  readonly attention: Attention;
  readonly columns: readonly { id: string }[];
  readonly increment: number;
  readonly canResizeStart: boolean;
  readonly canMark: boolean;
  /** For the view alone. */
  readonly onintent: (intent: Intent) => void;
  /** What is chosen here, too. */
  readonly emit: (intent: Intent) => void;
  readonly book: (focus: Focus) => void;
  readonly menu: (x: number, y: number) => void;
}

const GESTURES_OVER = new Set(['moving', 'resizing_end', 'resizing_start']);

const elementOf = (event: Event): Element | null => (event.target instanceof Element ? event.target : null);
const cardOf = (event: Event): string | undefined => elementOf(event)?.closest<HTMLElement>('[data-card]')?.dataset['card'];

export class Pointing {
  /** The free place under a mouse that presses nothing. */
  place = $state.raw<Place | null>(null);
  readonly #around: Around;

  constructor(around: Around) {
    this.#around = around;
  }

  down(event: PointerEvent): void {
    if (event.button !== 0) return;
    const { hand, attention, canResizeStart, canMark, onintent } = this.#around;
    const card = cardOf(event);
    if (event.shiftKey && canMark && card !== undefined && !hand.isBusy) {
      event.preventDefault();
      onintent({ kind: 'mark', card });
      return;
    }
    // No text selection and no second focus; the focus is set here.
    if (event.pointerType === 'mouse') event.preventDefault();
    this.place = null;
    hand.press(event, canResizeStart);
    if (hand.pressed.card !== null) void attention.focus();
  }

  move(event: PointerEvent): void {
    if (this.#around.hand.isBusy) this.#around.hand.move(event);
    else if (event.pointerType === 'mouse') this.#hover(event);
  }

  up(event: PointerEvent): void {
    const { hand, attention, onintent } = this.#around;
    const { block } = hand.pressed;
    const ended = hand.release(event);
    if (ended === 'pointing_empty') {
      if (block !== null) onintent({ kind: 'open_block', block });
      void attention.focus();
    } else if (GESTURES_OVER.has(ended)) void attention.focus();
  }

  leave(): void {
    this.place = null;
  }

  #hover(event: PointerEvent): void {
    const { picture, columns, increment } = this.#around;
    // Over a visit or a block-out the offset is its own; then the sheet keeps quiet.
    if (!elementOf(event)?.hasAttribute('data-canvas')) {
      this.place = null;
      return;
    }
    const hit = hitTest({ x: event.offsetX, y: event.offsetY }, picture.layout, picture.scale);
    const at = hit ? placeOfHit(hit, increment, picture.scale) : null;
    const column = at ? columns[at.column] : undefined;
    if (!at || !column) this.place = null;
    else if (this.place?.column !== column.id || this.place.minute !== at.minute) {
      this.place = { column: column.id, minute: at.minute };
    }
  }

  doubleClick(event: MouseEvent): void {
    event.preventDefault();
    const { hand, attention, onintent, book } = this.#around;
    if (hand.pressed.card !== null) onintent({ kind: 'open', card: hand.pressed.card });
    else if (hand.pressed.block === null) book(attention.active);
  }

  /** A click without a pointer: a screen reader or a switch pressed the button. */
  click(event: MouseEvent): void {
    const target = elementOf(event);
    if (event.detail !== 0 || !target) return;
    const { hand, attention, onintent, emit, book } = this.#around;
    const card = cardOf(event);
    const block = target.closest<HTMLElement>('[data-block]')?.dataset['block'];
    if (card !== undefined) {
      emit({ kind: 'select', card });
      onintent({ kind: 'open', card });
    } else if (block !== undefined) onintent({ kind: 'open_block', block });
    else if (target.closest('[data-cursor]')) {
      if (hand.state.name === 'carrying') hand.send({ type: 'key', key: 'Enter', shift: false, alt: false });
      else book(attention.active);
    }
  }

  contextMenu(event: MouseEvent): void {
    event.preventDefault();
    const { hand, emit, menu } = this.#around;
    // A finger that holds a card lifts it; the browser takes the same for a request for a menu.
    if (hand.isBusy) return;
    const card = cardOf(event);
    if (card !== undefined) emit({ kind: 'select', card });
    else if (this.place) {
      emit({ kind: 'select', card: null });
      emit({ kind: 'cursor', ...this.place });
    }
    menu(event.clientX, event.clientY);
  }
}

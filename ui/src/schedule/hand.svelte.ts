/**
 * The hand: joins pointer events and keys to the gesture machine. It turns window pixels into points on the sheet, scrolls by
 * itself while a drag rests at an edge, and lifts a card under a finger that stays. What anything means is the machine's.
 */

import { scrollVelocity, sideAt, type Box } from './geometry/scrolling';
import { landingOf, type Landing } from './gestures/landing';
import { IDLE, turn } from './gestures/machine';
import type { CardPart, GestureEvent, GestureState, Point, Scene } from './gestures/states';
import type { Intent, Place } from './intents';
import type { AppointmentCard } from '../desk/api';

/** What the hand needs to know of the element that scrolls. */
export interface Surface {
  element: HTMLElement;
  /** Width of the sticky times and height of the sticky heads. */
  gutter: number;
  head: number;
}

interface Around {
  scene: () => Scene;
  surface: () => Surface | null;
  emit: (intent: Intent) => void;
}

/** Pixels at a card's lower (and upper) end that stretch it instead of moving it. */
const HANDLE = 6;
/** A finger that stays this long lifts the card; a shorter touch scrolls or chooses. */
const HOLD_MS = 420;

const DRAGGING = new Set<GestureState['name']>(['moving', 'resizing_start', 'resizing_end', 'painting']);

export class Hand {
  state = $state.raw<GestureState>(IDLE);
  readonly landing: Landing | null = $derived.by(() => landingOf(this.state, this.around.scene()));
  readonly isBusy = $derived(this.state.name !== 'idle');
  readonly isDragging = $derived(DRAGGING.has(this.state.name));

  /** What was pressed last, for double clicks: the pointer is captured, so later events do not name it. */
  pressed: { card: string | null; block: string | null } = { card: null, block: null };

  private readonly around: Around;
  private client = { x: 0, y: 0 };
  private box: Box = { left: 0, top: 0, right: 0, bottom: 0 };
  private pointer: number | null = null;
  private captor: Element | null = null;
  private frame = 0;
  private lastFrame = 0;
  private holding: ReturnType<typeof setTimeout> | undefined;

  constructor(around: Around) {
    this.around = around;
  }

  send(event: GestureEvent): void {
    const next = turn(this.state, event, this.around.scene());
    this.state = next.state;
    for (const intent of next.intents) this.around.emit(intent);
    if (DRAGGING.has(next.state.name)) this.startScrolling();
    else this.stopScrolling();
  }

  carry(card: AppointmentCard, from?: Place): void {
    this.send(from ? { type: 'carry', card, from } : { type: 'carry', card });
  }

  press(event: PointerEvent, canResizeStart: boolean): void {
    const surface = this.around.surface();
    if (!surface || event.button !== 0 || this.pointer !== null) return;
    const target = event.target instanceof Element ? event.target : null;
    const card = target?.closest<HTMLElement>('[data-card]') ?? null;
    const block = target?.closest<HTMLElement>('[data-block]') ?? null;
    this.pressed = { card: card?.dataset['card'] ?? null, block: block?.dataset['block'] ?? null };
    this.measure(surface);
    this.client = { x: event.clientX, y: event.clientY };
    this.pointer = event.pointerId;
    // The element that listens, so that the moves come to it wherever the pointer goes.
    this.captor = event.currentTarget instanceof Element ? event.currentTarget : null;
    this.captor?.setPointerCapture?.(event.pointerId);
    const point = this.pointOf(surface);
    if (card && this.pressed.card !== null) {
      this.send({ type: 'press_card', card: this.pressed.card, part: partAt(card, event, canResizeStart), point });
    } else {
      this.send({ type: 'press_empty', point });
    }
    if (event.pointerType === 'touch') {
      this.holding = setTimeout(() => this.send({ type: 'hold' }), HOLD_MS);
    }
  }

  move(event: PointerEvent): void {
    const surface = this.around.surface();
    if (!surface || event.pointerId !== this.pointer) return;
    this.client = { x: event.clientX, y: event.clientY };
    // Before it is held, a moving finger scrolls; the browser then cancels the pointer.
    if (event.pointerType === 'touch' && !this.isDragging) return;
    this.send({ type: 'point', point: this.pointOf(surface) });
  }

  /** Answers the state that ended, so that the sheet knows a click from a drag. */
  release(event: PointerEvent): GestureState['name'] {
    if (event.pointerId !== this.pointer) return 'idle';
    const before = this.state.name;
    this.letGo();
    this.send({ type: 'release' });
    return before;
  }

  cancel(event?: PointerEvent): void {
    if (event && event.pointerId !== this.pointer) return;
    this.letGo();
    this.send({ type: 'cancel' });
  }

  destroy(): void {
    this.letGo();
    this.stopScrolling();
  }

  private letGo(): void {
    clearTimeout(this.holding);
    const { pointer, captor } = this;
    // First forget it: losing the capture on purpose is not a cancel.
    this.pointer = null;
    this.captor = null;
    if (pointer !== null && captor?.hasPointerCapture?.(pointer)) captor.releasePointerCapture(pointer);
  }

  private measure(surface: Surface): void {
    const rect = surface.element.getBoundingClientRect();
    this.box = {
      left: rect.left + surface.gutter,
      top: rect.top + surface.head,
      right: rect.left + surface.element.clientWidth,
      bottom: rect.top + surface.element.clientHeight,
    };
  }

  private pointOf(surface: Surface): Point {
    return {
      x: this.client.x - this.box.left + surface.element.scrollLeft,
      y: this.client.y - this.box.top + surface.element.scrollTop,
    };
  }

  private startScrolling(): void {
    if (this.frame !== 0 || typeof requestAnimationFrame === 'undefined') return;
    this.lastFrame = 0;
    this.frame = requestAnimationFrame(this.onFrame);
  }

  private stopScrolling(): void {
    if (this.frame !== 0) cancelAnimationFrame(this.frame);
    this.frame = 0;
  }

  private readonly onFrame = (now: number): void => {
    this.frame = requestAnimationFrame(this.onFrame);
    const milliseconds = this.lastFrame === 0 ? 0 : Math.min(now - this.lastFrame, 64);
    this.lastFrame = now;
    const surface = this.around.surface();
    if (!surface || milliseconds === 0) return;
    const velocity = scrollVelocity(this.client.x, this.client.y, this.box);
    const side = sideAt(this.client.x, this.box);
    if (velocity.x === 0 && velocity.y === 0 && side === null) return;
    const { element } = surface;
    const left = element.scrollLeft;
    const isMoving = this.state.name === 'moving';
    element.scrollBy((isMoving ? velocity.x : 0) * (milliseconds / 1000), velocity.y * (milliseconds / 1000));
    const isStuck = Math.abs(element.scrollLeft - left) < 1;
    this.send({ type: 'tick', point: this.pointOf(surface), milliseconds, beyond: isStuck ? side : null });
  };
}

function partAt(card: HTMLElement, event: PointerEvent, canResizeStart: boolean): CardPart {
  const rect = card.getBoundingClientRect();
  const handle = Math.min(HANDLE, rect.height / 4);
  if (event.pointerType === 'touch') return 'body';
  if (rect.bottom - event.clientY <= handle) return 'end';
  return canResizeStart && event.clientY - rect.top <= handle ? 'start' : 'body';
}

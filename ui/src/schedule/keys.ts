/** What a key does on the sheet. Everything else bubbles up to the view, which acts on what is chosen. */

import type { Attention } from './attention.svelte';
import type { Hand } from './hand.svelte';
import type { Intent } from './intents';
import { step, type Focus, type NavKey } from './navigation';

interface Around {
  hand: Hand;
  attention: Attention;
  canEdit: boolean;
  canMark: boolean;
  onintent: (intent: Intent) => void;
  startMoving: (card: string) => void;
  book: (focus: Focus) => void;
  menu: (x: number, y: number) => void;
}

const ARROWS = new Set(['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'PageUp', 'PageDown', 'Home', 'End']);
/** Keys that the view may answer while a visit is in the hand: they change the day, not the visit. */
const PAGING = new Set(['[', ']', '{', '}', 't', 'T', 'g', 'G', 'w', 'W', '?', 'Tab']);

export function pressKey(event: KeyboardEvent, around: Around): void {
  const act = actOf(event, around);
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}

/** What the key does; null: nothing here. */
function actOf(event: KeyboardEvent, around: Around): (() => void) | null {
  const { hand, attention } = around;
  const { key } = event;
  if (event.ctrlKey || event.metaKey) {
    const end = key === 'Home' ? 'FirstColumn' : key === 'End' ? 'LastColumn' : null;
    return end && !hand.isBusy ? () => attention.goTo(step(attention.active, end, attention.sheet)) : null;
  }
  if (hand.state.name === 'carrying' || hand.state.name === 'stretching') {
    if (PAGING.has(key) || /^F\d/.test(key)) return null;
    return () => {
      hand.send({ type: 'key', key, shift: event.shiftKey, alt: event.altKey });
      if (!hand.isBusy) void attention.focus();
    };
  }
  if (hand.isBusy) return null;
  const resizes = event.altKey || (event.shiftKey && around.canMark && attention.active.kind === 'card');
  if (resizes && (event.altKey || key === 'ArrowDown' || key === 'ArrowUp')) return key === 'ArrowDown' ? () => stretch(around, 1) : key === 'ArrowUp' ? () => stretch(around, -1) : null;
  if ((event.shiftKey && key === 'F10') || key === 'ContextMenu') {
    return () => {
      const rect = attention.element()?.getBoundingClientRect();
      around.menu(rect?.left ?? 0, rect?.bottom ?? 0);
    };
  }
  if (ARROWS.has(key)) return () => attention.goTo(step(attention.active, key as NavKey, attention.sheet));
  const { active } = attention;
  if (key === 'Enter') {
    return () => (active.kind === 'card' ? around.onintent({ kind: 'open', card: active.card }) : around.book(active));
  }
  if (active.kind === 'card' && key === ' ' && around.canMark) return () => around.onintent({ kind: 'mark', card: active.card });
  if (active.kind !== 'card' || !around.canEdit) return null;
  if (key === 'm' || key === 'M') return () => around.startMoving(active.card);
  if (key === '+' || key === '=') return () => stretch(around, 1);
  if (key === '-') return () => stretch(around, -1);
  return null;
}

function stretch({ hand, attention: { active } }: Around, steps: number): void {
  if (active.kind === 'card') hand.send({ type: 'stretch', card: active.card, steps });
}

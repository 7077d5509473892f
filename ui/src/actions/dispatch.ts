/** Turns key presses into actions: what was typed first, then where the key lies; nothing while someone writes. */

import type { View } from '../shell/view.svelte';
import { isPlaced, isTyped, readBinding, type Binding, type Press } from './keys';
import { ACTIONS, type Action } from './table';

interface Bound {
  action: Action;
  binding: Binding;
}

const BOUND: Bound[] = ACTIONS.flatMap((action) => action.keys.map((key) => ({ action, binding: readBinding(key) })));

/** The action of a key press on a page; null if it has none. A page's own keys come before those of everywhere. */
export function actionFor(press: Press, page: View['page'] = 'calendar'): Action | null {
  const own = BOUND.filter(({ action }) => action.on === page);
  const everywhere = BOUND.filter(({ action }) => action.on === undefined);
  const typed = [...own, ...everywhere].find(({ binding }) => isTyped(press, binding));
  return (typed ?? [...own, ...everywhere].find(({ binding }) => isPlaced(press, binding)))?.action ?? null;
}

const isTypingIn = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit', 'range'].includes(target.type)));

/** Does it, or says why the person here may not. */
export function perform(action: Action, view: View): void {
  if (view.allows(action.needs)) action.run(view);
}

/** F1 to F12 show a view, with Shift they keep what is shown. Also with a visit in the hand: it stays there. */
function showView(event: KeyboardEvent, view: View): boolean {
  const key = /^F(\d{1,2})$/.exec(event.key)?.[1];
  if (key === undefined || +key > 12 || view.dialog !== null || view.page !== 'calendar') return false;
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return false;
  const named = view.showing.onKey(+key);
  // The keyboard's own way to a context menu.
  if (event.shiftKey && +key === 10) return false;
  event.preventDefault();
  if (event.shiftKey || !named) view.dialog = { kind: 'name_view', key: +key };
  else view.takeView(named);
  return true;
}

/** Handles a key press of the window. Answers whether an action ran. */
export function dispatch(event: KeyboardEvent, view: View): boolean {
  if (event.defaultPrevented || event.isComposing) return false;
  const action = actionFor(event, view.page);
  if (!action) return showView(event, view);
  // A dialog has the keys for itself.
  if (view.dialog !== null && !action.isUrgent) return false;
  const hasModifier = event.ctrlKey || event.metaKey;
  if (isTypingIn(event.target) && !(action.whileTyping && hasModifier)) return false;
  if (!view.singleKeys && !hasModifier && event.key.length === 1) return false;
  if (event.repeat && (action.group === 'visit' || action.isUrgent)) return false;
  // In a gesture the sheet has its own keys; changing the day goes on with the visit in the hand.
  if (view.moving && action.group !== 'go' && action.group !== 'screen' && !action.isUrgent) return false;
  if (!action.enabled(view)) return false;
  event.preventDefault();
  perform(action, view);
  return true;
}

/** The menu at the pointer or at the chosen visit: actions of the table that fit what it was opened on. */

import { ACTIONS, type Action } from '../actions/table';
import type { WallPlace } from './clock-setting';
import type { View } from './view.svelte';

export interface OpenMenu {
  actions: Action[];
  x: number;
  y: number;
}

class ContextMenu {
  open = $state.raw<OpenMenu | null>(null);
}

export const contextMenu = new ContextMenu();

const ON_FREE_TIME = ['new-booking', 'block', 'copy', 'cut-block', 'paste', 'absence-here', 'day-slot', 'day-slot-new', 'show-template', 'show-broken', 'go-to-date', 'undo'];

const ON_HEAD = ['absence-here', 'reschedule', 'block', 'print', 'choose-columns'];

/** The menu of a column's head; the cursor goes to its column. */
export function openHeadMenu(view: View, place: WallPlace, x: number, y: number): void {
  view.select(null);
  view.cursor = place;
  const actions = ACTIONS.filter((action) => ON_HEAD.includes(action.id) && action.enabled(view));
  contextMenu.open = { actions, x, y };
}

export function openMenuAt(view: View, card: string | null, cursor: WallPlace | null, x: number, y: number): void {
  if (card) view.select(card);
  else if (cursor) view.cursor = cursor;
  const fitting = card
    ? ACTIONS.filter((action) => action.group === 'visit' || action.id === 'copy')
    : ACTIONS.filter((action) => ON_FREE_TIME.includes(action.id));
  const actions = fitting.filter((action) => action.enabled(view));
  if (actions.length > 0) contextMenu.open = { actions, x, y };
}

/** What can be done with templates, for the table of actions: menu, keys, palette and help sheet feed on it. */

import type { Action } from '../actions/table';
import { whenDrawn } from '../shared/when-drawn';
import type { View } from '../shell/view.svelte';
import { t } from '../words/words';
import type { Builder } from './builder.svelte';
import { analyticsNeed, applyNeed, designNeed } from './needs';

/** An action of the drawing board. */
export interface BoardAction extends Action {
  /** Offered where somebody right-clicks. */
  isInMenu?: boolean;
}

const board = (view: View): Builder | null => (view.page === 'templates' && view.templates.screen === 'design' ? view.templates.builder : null);
const drawing = (view: View): Builder | null => {
  const builder = board(view);
  return builder?.mayEdit ? builder : null;
};

/** What may be looked at by whom: any of the three rights opens the templates. */
export const mayOpen = (view: View): boolean => [designNeed, applyNeed, analyticsNeed].some((need) => view.lacks(need) === null);

/** The keyboard stays on the grid, wherever the slot it was on has gone. */
function turnDay(view: View, step: number): void {
  const builder = board(view);
  builder?.turnDay(step);
  whenDrawn(() => builder?.grid?.focus());
}

const make = (id: string, keys: string[], icon: Action['icon'], more: Pick<BoardAction, 'enabled' | 'run'> & Partial<BoardAction>): BoardAction => ({
  id: `template-${id}`,
  label: `action-template-${id}`,
  keys,
  icon,
  group: 'template',
  on: 'templates',
  ...more,
});

export const TEMPLATE_ACTIONS: BoardAction[] = [
  make('duplicate', ['D'], 'copy', {
    isInMenu: true,
    enabled: (view) => (drawing(view)?.group.length ?? 0) > 0,
    run: (view) => void drawing(view)?.duplicate(),
  }),
  make('remove', ['Delete'], 'close', {
    isInMenu: true,
    enabled: (view) => (drawing(view)?.group.length ?? 0) > 0,
    run: (view) => void drawing(view)?.remove(),
  }),
  make('fill', ['F'], 'rows', {
    isInMenu: true,
    enabled: (view) => drawing(view)?.place != null,
    run: (view) => (view.dialog = { kind: 'template', dialog: { kind: 'fill' } }),
  }),
  make('copy-column', ['K'], 'columns', {
    isInMenu: true,
    enabled: (view) => drawing(view)?.columnHere != null,
    run: (view) => (view.dialog = { kind: 'template', dialog: { kind: 'copy_column' } }),
  }),
  make('mark-column', ['A'], 'check', {
    isInMenu: true,
    enabled: (view) => drawing(view)?.columnHere != null,
    run: (view) => drawing(view)?.markColumn(),
  }),
  make('next-problem', ['P'], 'warning', {
    enabled: (view) => (board(view)?.template?.check.problems.length ?? 0) > 0,
    run: (view) => board(view)?.nextProblem(),
  }),
  make('previous-day', ['['], 'left', { enabled: (view) => board(view)?.isWeek === true, run: (view) => turnDay(view, -1) }),
  make('next-day', [']'], 'right', { enabled: (view) => board(view)?.isWeek === true, run: (view) => turnDay(view, 1) }),
  make('whole-week', ['W'], 'calendar', {
    enabled: (view) => board(view)?.isWeek === true,
    run: (view) => {
      const builder = board(view)!;
      if (builder.isWholeWeek) builder.showDay(builder.day);
      else builder.showWeek();
      whenDrawn(() => builder.grid?.focus());
    },
  }),
  make('brush', ['B'], 'edit', {
    enabled: (view) => drawing(view) !== null,
    run: () => document.getElementById('template-brush')?.focus(),
  }),
  make('keep-version', ['Ctrl+S'], 'check', {
    whileTyping: true,
    needs: designNeed,
    enabled: (view) => drawing(view) !== null,
    run: (view) => (view.dialog = { kind: 'template', dialog: { kind: 'version' } }),
  }),
  make('compare', ['V'], 'eye', {
    enabled: (view) => board(view) !== null && (board(view)!.comparison !== null || (board(view)!.template?.versions.length ?? 0) > 0),
    run: (view) => {
      const builder = board(view)!;
      const newest = builder.template?.versions[0];
      if (builder.comparison) builder.comparison = null;
      else if (newest) void builder.compare(newest.id, null, t('template-since', { name: newest.name }));
    },
  }),
  make('new', ['N'], 'plus', {
    needs: designNeed,
    enabled: (view) => view.page === 'templates' && view.templates.screen === 'design' && view.templates.builder === null,
    run: (view) => (view.dialog = { kind: 'template', dialog: { kind: 'new' } }),
  }),
  make('apply', ['Ctrl+Enter'], 'forward', {
    needs: applyNeed,
    enabled: (view) => (board(view)?.template?.versions.length ?? 0) > 0,
    run: (view) => view.templates.apply([board(view)!.id]),
  }),
  make('share', [], 'export', {
    needs: designNeed,
    enabled: (view) => board(view) !== null,
    run: (view) => (view.dialog = { kind: 'template', dialog: { kind: 'share', template: board(view)!.id } }),
  }),
  make('rename', [], 'edit', {
    needs: designNeed,
    enabled: (view) => board(view) !== null,
    run: (view) => (view.dialog = { kind: 'template', dialog: { kind: 'rename' } }),
  }),
];

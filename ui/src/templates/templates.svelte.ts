/** Which of the templates' screens is open: the list, one on the drawing board, applying, figures. */

import type { View } from '../shell/view.svelte';
import { Builder } from './builder.svelte';

export type TemplateScreen = 'design' | 'apply' | 'figures';
export const TEMPLATE_SCREENS: readonly TemplateScreen[] = ['design', 'apply', 'figures'];

export class Templates {
  screen = $state<TemplateScreen>('design');
  /** The template on the drawing board; null: the list. */
  builder = $state.raw<Builder | null>(null);
  /** What the next application begins with. */
  toApply = $state.raw<readonly string[]>([]);
  /** The template under the slots on the calendar is shown; each person as they like it. */
  isShown = $state(true);

  readonly #view: View;

  constructor(view: View) {
    this.#view = view;
  }

  open(screen: TemplateScreen = 'design'): void {
    this.screen = screen;
    this.#view.page = 'templates';
  }

  show(id: string): void {
    this.open();
    const builder = new Builder(this.#view, id);
    this.builder = builder;
    void builder.load();
  }

  toList(): void {
    this.builder = null;
  }

  apply(templates: readonly string[]): void {
    this.toApply = templates;
    this.open('apply');
  }

  /** Esc goes one step back: out of a comparison, off a slot, to the list, to the calendar. */
  back(): void {
    const { builder } = this;
    if (this.screen !== 'design' || !builder) this.close();
    else if (builder.comparison) builder.comparison = null;
    else if (builder.marked.size > 0) builder.marked.clear();
    else if (this.#view.focusedPart === 'inspector') builder.grid?.focus();
    else if (builder.selected) builder.select(null);
    else this.toList();
  }

  close(): void {
    this.#view.page = 'calendar';
    this.#view.focusGrid();
  }

  toggleShown(): void {
    this.isShown = !this.isShown;
    this.#view.keepViewSoon();
  }
}

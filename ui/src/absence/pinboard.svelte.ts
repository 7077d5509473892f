/** Visits that need a new time, and who is away: asked again after every change, for as long as somebody looks. */

import { untrack } from 'svelte';
import type { AbsenceView, PinboardEntry } from '../desk/api';
import { nothing } from '../desk/client';
import { type DeskFailure, failureOf } from '../desk/host';
import type { View } from '../shell/view.svelte';

export class PinboardList {
  entries = $state.raw<PinboardEntry[]>([]);
  absences = $state.raw<AbsenceView[]>([]);
  count = $state(0);
  failure = $state.raw<DeskFailure | null>(null);
  #asked = 0;

  /** To be made while a component is: it stops with it. */
  constructor(view: View, withAbsences: boolean) {
    $effect(() => {
      void view.mirror.revision;
      if (!view.mirror.hello) return;
      untrack(() => void this.#ask(view, withAbsences));
    });
  }

  async #ask(view: View, withAbsences: boolean): Promise<void> {
    this.#asked += 1;
    const turn = this.#asked;
    try {
      const [board, absences] = await Promise.all([
        view.mirror.desk.call('pinboard', nothing),
        withAbsences ? view.mirror.desk.call('absences', {}) : null,
      ]);
      if (turn !== this.#asked) return;
      [this.entries, this.count, this.failure] = [board.entries, board.count, null];
      if (absences) this.absences = absences.absences;
    } catch (thrown) {
      if (turn === this.#asked) this.failure = failureOf(thrown);
    }
  }
}

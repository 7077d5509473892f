/** A plan of new times while it is looked at: asked for when the wishes or the calendar change, with what a person left out. */

import { untrack } from 'svelte';
import type { ProposedMove, RescheduleMove, RescheduleProposal, ReschedulingRequest } from '../desk/api';
import { failureOf } from '../desk/host';
import { wallTime } from '../shared/dates';
import type { View } from '../shell/view.svelte';

export class Proposal {
  plan = $state.raw<RescheduleProposal | null>(null);
  trouble = $state('');
  isPlanning = $state(false);
  /** Visits that stay because a person said so. */
  without = $state.raw<ReadonlySet<string>>(new Set());
  #turn = 0;

  constructor(readonly view: View) {}

  /** What will be moved. */
  get chosen(): ProposedMove[] {
    return (this.plan?.moves ?? []).filter((one) => !this.without.has(one.visit.id));
  }

  get moves(): RescheduleMove[] {
    return this.chosen.map(({ visit, to }) => ({
      id: visit.id,
      from: wallTime(visit.date, visit.start_minute),
      at: to.at,
      later_of_two: to.later_of_two ?? false,
      operatory: to.operatory,
      provider: to.provider,
      ...(to.second_provider ? { second_provider: to.second_provider } : {}),
    }));
  }

  toggle(id: string): void {
    const without = new Set(this.without);
    if (!without.delete(id)) without.add(id);
    this.without = without;
  }

  /** Only the last question counts; nothing wanted, nothing shown. */
  async ask(wanted: ReschedulingRequest | null): Promise<void> {
    const turn = untrack(() => ++this.#turn);
    if (!wanted) {
      [this.plan, this.trouble, this.isPlanning] = [null, '', false];
      return;
    }
    this.isPlanning = true;
    try {
      const plan = await this.view.mirror.desk.call('plan_rescheduling', wanted);
      if (turn === this.#turn) [this.plan, this.trouble] = [plan, ''];
    } catch (thrown) {
      const { error } = failureOf(thrown);
      if (turn === this.#turn) [this.plan, this.trouble] = [null, `${error.message} ${error.hint}`.trim()];
    } finally {
      if (turn === this.#turn) this.isPlanning = false;
    }
  }
}

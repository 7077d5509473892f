/** A series as it is being decided, date by date: what the desk says of each, and what a person chose for those that do not fit. */

import type { OpeningView, SeriesDate, SeriesPlan } from '../desk/api';
import { Asking } from '../shared/asking.svelte';

/** What becomes of one date: `opening` none leaves it out (or as it is). */
export interface Choice {
  key: string;
  opening: OpeningView | null;
}

/** Where the chosen opening is, as the desk asks for it; nothing of it leaves the date out. */
export const placeOf = ({ opening }: Choice) => ({
  at: opening?.at ?? null,
  later_of_two: opening?.later_of_two ?? false,
  operatory: opening?.operatory ?? null,
  provider: opening?.provider ?? null,
  second_provider: opening?.second_provider ?? null,
});

/** One line of the list. */
export interface Line {
  /** The date as the rule has it, or the visit. */
  key: string;
  date: string;
  /** None: it is left out. */
  row: SeriesDate | null;
  openings: OpeningView[];
  /** `planned`, `out`, or the number of an opening. */
  chosen: string;
}

/** How the plan can be carried out. */
export type Way = 'free' | 'acknowledge' | 'override' | 'stuck';

const keyOf = (row: SeriesDate): string => row.appointment ?? row.date;

export class Planning {
  plan = $state.raw<SeriesPlan | null>(null);
  readonly asking = new Asking();
  overrideReason = $state('');
  #chosen = $state.raw(new Map<string, string>());
  /** What was offered for a date before something was chosen for it. */
  #offered = $state.raw(new Map<string, SeriesDate>());
  #ask: ((choices: Choice[]) => Promise<SeriesPlan>) | null = null;
  #turn = 0;

  /** Another question: what was chosen for the one before is forgotten. */
  async begin(ask: ((choices: Choice[]) => Promise<SeriesPlan>) | null): Promise<void> {
    this.#chosen = new Map();
    this.#offered = new Map();
    this.#ask = ask;
    this.overrideReason = '';
    if (ask) await this.#look();
    else {
      this.#turn += 1;
      this.plan = null;
      this.asking.trouble = null;
    }
  }

  async choose(key: string, chosen: string): Promise<void> {
    const next = new Map(this.#chosen);
    if (chosen === 'planned') next.delete(key);
    else next.set(key, chosen);
    this.#chosen = next;
    await this.#look();
  }

  /** Everything that was chosen, for the desk. */
  get choices(): Choice[] {
    return [...this.#chosen].map(([key, chosen]) => ({
      key,
      opening: chosen === 'out' ? null : (this.#offered.get(key)?.openings[+chosen] ?? null),
    }));
  }

  get lines(): Line[] {
    const rows = new Map((this.plan?.dates ?? []).map((row) => [keyOf(row), row]));
    const keys = [...new Set([...rows.keys(), ...this.#chosen.keys()])];
    return keys
      .map((key): Line => {
        const row = rows.get(key) ?? null;
        const offered = this.#offered.get(key);
        return {
          key,
          date: row?.date ?? offered?.date ?? key,
          row: this.#chosen.get(key) === 'out' ? null : row,
          openings: offered?.openings ?? row?.openings ?? [],
          chosen: this.#chosen.get(key) ?? 'planned',
        };
      })
      .sort((a, b) => a.date.localeCompare(b.date));
  }

  get way(): Way {
    const misfits = (this.plan?.dates ?? []).filter((row) => row.state !== 'fits');
    if (!this.plan || this.plan.dates.length === 0 || misfits.some((row) => row.state === 'no_such_time')) return 'stuck';
    if (misfits.some((row) => row.violations.some((one) => one.policy === 'refuse'))) return 'override';
    return misfits.length > 0 ? 'acknowledge' : 'free';
  }

  get canDo(): boolean {
    return this.way !== 'stuck' && (this.way !== 'override' || this.overrideReason.trim() !== '');
  }

  get leave() {
    return { acknowledge_warnings: this.way !== 'free', override_reason: this.overrideReason.trim() || null };
  }

  /** Later questions overtake earlier ones. */
  async #look(): Promise<void> {
    const ask = this.#ask;
    if (!ask) return;
    this.#turn += 1;
    const turn = this.#turn;
    this.asking.isBusy = false;
    await this.asking.run(async () => {
      try {
        const plan = await ask(this.choices);
        if (turn !== this.#turn) return;
        this.plan = plan;
        const offered = new Map(this.#offered);
        for (const row of plan.dates) if (!this.#chosen.has(keyOf(row))) offered.set(keyOf(row), row);
        this.#offered = offered;
      } catch (thrown) {
        if (turn !== this.#turn) return;
        this.plan = null;
        throw thrown;
      }
    });
  }
}

/** An application as it is put together: what, where, when; what it would do; what is decided about each thing that does not fit. */

import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { ApplicationDay, ApplicationFields, ApplicationPlan, ApplyTo, DeskError, FitConflict, FitDecision, FitWay, TemplateDetail, TemplateSummary, Weekday } from '../desk/api';
import { failureOf } from '../desk/host';
import { dateWords, readDate, WEEKDAYS } from '../shared/dates';
import { done } from '../shell/changes';
import type { View } from '../shell/view.svelte';
import { t } from '../words/words';

export interface Week {
  template: string;
  /** Null: the newest. */
  version: string | null;
}

/** Most weeks of a rotation: those of the desk (`MAX_WEEKS` in `crates/desk/src/commands/templates/planning.rs`). */
export const MAX_WEEKS = 12;

/** Names a day of the plan: the same date may be there for several locations. */
export const dayKey = (day: ApplicationDay): string => `${day.location}|${day.date}`;

/** Names a conflict as long as the plan's day has it. */
const conflictKey = (day: ApplicationDay, conflict: FitConflict): string => [dayKey(day), conflict.kind, conflict.visit?.id ?? '', conflict.slot ?? ''].join('|');

/** What is done unless somebody chooses: a visit stays where it is. */
export const usualWay = (conflict: FitConflict): FitWay['kind'] => conflict.ways.find((way) => way.kind === 'keep')?.kind ?? conflict.ways[0]?.kind ?? 'leave_day';

export class Application {
  readonly view: View;
  list = $state.raw<readonly TemplateSummary[]>([]);
  details = new SvelteMap<string, TemplateDetail>();
  location = $state('');
  /** Further locations, in the same step. */
  alsoAt = $state<string[]>([]);
  /** Days that are over may change. */
  changesPast = $state(false);
  weeks = $state<Week[]>([]);
  from = $state('');
  until = $state('');
  weeksFrom = $state('');
  weekdays = $state<Weekday[]>(WEEKDAYS.slice(0, 5));
  plan = $state.raw<ApplicationPlan | null>(null);
  trouble = $state.raw<DeskError | null>(null);
  isPlanning = $state(false);
  isApplying = $state(false);
  /** Days that somebody picked out of the list. */
  readonly picked = new SvelteSet<string>();
  readonly #decided = new SvelteMap<string, FitWay['kind']>();
  #asked = 0;

  constructor(view: View) {
    this.view = view;
    this.location = view.location ?? '';
    this.from = dateWords(view.today).slice(4);
  }

  readonly usable = $derived.by(() =>
    this.list.filter((one) => !one.is_archived && one.newest_version !== null && (one.location === this.location || one.shared_with.includes(this.location))),
  );
  readonly readFrom = $derived.by(() => readDate(this.from, this.view.today));
  readonly readUntil = $derived.by(() => readDate(this.until, this.view.today));
  readonly readWeeksFrom = $derived.by(() => (this.weeksFrom.trim() === '' ? null : readDate(this.weeksFrom, this.view.today)));
  readonly isBackwards = $derived(this.readFrom !== null && this.readUntil !== null && this.readUntil < this.readFrom);

  /** What to ask; null while something is missing or cannot be read. */
  readonly places = $derived.by(() => [this.location, ...this.alsoAt.filter((one) => one !== this.location)]);

  readonly fields = $derived.by((): ApplicationFields | null => {
    const { readFrom: from, readUntil: until } = this;
    if (!from || !until || this.isBackwards || this.weekdays.length === 0 || this.weeks.length === 0) return null;
    if (this.weeks.some((week) => !this.usable.some((one) => one.id === week.template))) return null;
    if (this.weeksFrom.trim() !== '' && this.readWeeksFrom === null) return null;
    return {
      location: this.location,
      also_at: this.places.slice(1),
      weeks: this.weeks.map(({ template, version }) => ({ template, version })),
      weeks_from: this.weeks.length > 1 ? this.readWeeksFrom : null,
      from,
      until,
      weekdays: this.weekdays.length === 7 ? null : [...this.weekdays],
    };
  });

  async load(): Promise<void> {
    try {
      const { templates } = await this.view.mirror.desk.call('templates', { with_archived: false });
      this.list = templates;
      if (this.weeks.length === 0) {
        const wanted = this.view.templates.toApply.filter((id) => templates.some((one) => one.id === id));
        const first = wanted.length > 0 ? wanted : this.usable.slice(0, 1).map((one) => one.id);
        const home = templates.find((one) => one.id === first[0]);
        if (home && !this.usable.some((one) => one.id === home.id)) this.location = home.location;
        this.weeks = first.map((template) => ({ template, version: null }));
      }
      for (const week of this.weeks) await this.detail(week.template);
    } catch (thrown) {
      this.trouble = failureOf(thrown).error;
    }
  }

  /** The versions of a template, once it is chosen. */
  async detail(id: string): Promise<void> {
    if (id === '' || this.details.has(id)) return;
    this.details.set(id, await this.view.mirror.desk.call('template', { id }));
  }

  async ask(fields: ApplicationFields | null): Promise<void> {
    const turn = (this.#asked += 1);
    if (!fields) {
      this.plan = null;
      return;
    }
    this.isPlanning = true;
    try {
      const plan = await this.view.mirror.desk.call('plan_application', fields);
      if (turn !== this.#asked) return;
      [this.plan, this.trouble] = [plan, null];
      const keys = new Set(plan.days.map(dayKey));
      for (const key of this.picked) if (!keys.has(key)) this.picked.delete(key);
    } catch (thrown) {
      if (turn === this.#asked) [this.plan, this.trouble] = [null, failureOf(thrown).error];
    } finally {
      if (turn === this.#asked) this.isPlanning = false;
    }
  }

  wayOf(day: ApplicationDay, conflict: FitConflict): FitWay['kind'] {
    const decided = this.#decided.get(conflictKey(day, conflict));
    return decided && conflict.ways.some((way) => way.kind === decided) ? decided : usualWay(conflict);
  }

  decide(day: ApplicationDay, conflict: FitConflict, way: FitWay['kind']): void {
    this.#decided.set(conflictKey(day, conflict), way);
  }

  /** One of its conflicts was answered with “that day keeps what it has”. */
  leaves(day: ApplicationDay): boolean {
    return day.state === 'conflicts' && day.conflicts.some((conflict) => this.wayOf(day, conflict) === 'leave_day');
  }

  pick(day: ApplicationDay, isOn: boolean): void {
    if (isOn) this.picked.add(dayKey(day));
    else this.picked.delete(dayKey(day));
  }

  /** What is asked of the days that are applied. */
  decisions(days: readonly ApplicationDay[]): FitDecision[] {
    return days.flatMap((day) =>
      day.conflicts.flatMap((conflict): FitDecision[] => {
        const way = this.wayOf(day, conflict);
        if (way === 'pin' && conflict.visit) return [{ kind: 'pin_visit', date: day.date, appointment: conflict.visit.id }];
        if (way === 'add_slot' && conflict.visit) return [{ kind: 'add_slot', date: day.date, appointment: conflict.visit.id }];
        if (way === 'drop_slot' && conflict.slot) return [{ kind: 'drop_slot', date: day.date, slot: conflict.slot, location: day.location }];
        return [];
      }),
    );
  }

  /** Days of a choice, as far as they can be applied and nobody said that they stay. */
  daysOf(which: 'clean' | 'picked' | 'all'): ApplicationDay[] {
    return (this.plan?.days ?? []).filter((day) => {
      if (day.state === 'closed' || day.state === 'unchanged' || this.leaves(day)) return false;
      if (which === 'clean') return day.state === 'clean';
      return which === 'all' || this.picked.has(dayKey(day));
    });
  }

  async apply(which: 'clean' | 'picked' | 'all'): Promise<void> {
    const { fields } = this;
    const days = this.daysOf(which);
    if (!fields || days.length === 0 || this.isApplying) return;
    // A day somebody decided to leave is left; then the days are named one by one.
    const isWhole = which === 'all' && !(this.plan?.days ?? []).some((day) => this.leaves(day));
    const to: ApplyTo = which === 'clean' ? { kind: 'clean_days' } : isWhole ? { kind: 'all_days' } : { kind: 'days_at', days: days.map(({ location, date }) => ({ location, date })) };
    this.isApplying = true;
    this.view.say(t('applying', { count: days.length }));
    try {
      const applied = await this.view.mirror.desk.call('apply_template', { fields, to, decisions: which === 'clean' ? [] : this.decisions(days), acknowledge_past: this.changesPast });
      this.view.mirror.undo = applied.undo;
      this.picked.clear();
      this.changesPast = false;
      this.#decided.clear();
      done(this.view, t('applied', { count: applied.days, left: applied.left_out, what: applied.application.words }));
    } catch (thrown) {
      this.trouble = failureOf(thrown).error;
      this.view.alarm(`${this.trouble.message} ${this.trouble.hint}`);
    } finally {
      this.isApplying = false;
    }
  }
}

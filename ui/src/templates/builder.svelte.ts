/**
 * A template on the drawing board: what is chosen, what was just drawn and not yet kept, which version it is compared with.
 * Every change is shown at once, asked of the desk, and put back if the desk says no.
 */

import { SvelteSet } from 'svelte/reactivity';
import type { CopyTemplateColumn, FillTemplate, SlotChange, SlotDiff, SlotFields, SlotWants, TemplateCheck, TemplateDetail, TemplateProblem, TemplateSlotView, Weekday } from '../desk/api';
import { type DeskFailure, failureOf } from '../desk/host';
import type { Column } from '../schedule/columns';
import type { Landing } from '../schedule/gestures/landing';
import type { MoveMode, Place } from '../schedule/intents';
import { timeWords, WEEKDAYS } from '../shared/dates';
import { whenDrawn } from '../shared/when-drawn';
import { done, tell } from '../shell/changes';
import type { GridHandle, View } from '../shell/view.svelte';
import { t } from '../words/words';
import { columnsOf, endOf, hoursOn, LONG_WEEKDAYS, movedTogether, roomAfter, typeOf, weekdayOn } from './cards';
import { wantsWords } from './wants';

/** What is drawn next. */
export interface Brush {
  wants: SlotWants;
  isHold: boolean;
}

/** Two states side by side on the grid. */
export interface Comparison {
  before: string | null;
  after: string | null;
  words: string;
  entries: readonly SlotDiff[];
  /** Those of the newer side, and those that are gone from it. */
  slots: readonly TemplateSlotView[];
}

const LEAST = 15;
const MORNING = 8 * 60;

export class Builder {
  readonly view: View;
  readonly id: string;

  template = $state.raw<TemplateDetail | null>(null);
  classes = $state.raw<readonly string[]>([]);
  failure = $state.raw<DeskFailure | null>(null);
  day = $state<Weekday>('monday');
  isWholeWeek = $state(false);
  selected = $state<string | null>(null);
  readonly marked = new SvelteSet<string>();
  cursor = $state.raw<Place | null>(null);
  moving = $state.raw<MoveMode | null>(null);
  readonly pending = new SvelteSet<string>();
  brush = $state.raw<Brush>({ wants: { kind: 'any' }, isHold: false });
  comparison = $state.raw<Comparison | null>(null);
  grid: GridHandle | null = null;

  /** The slots as they look until the desk answers. */
  #shown = $state.raw<readonly TemplateSlotView[] | null>(null);
  /** What would be wrong if what is in the hand were let go. */
  #trial = $state.raw<TemplateCheck | null>(null);
  #wish: readonly SlotChange[] | null = null;
  #isTrying = false;
  /** What is in the hand and where; null: nothing is. */
  #heldAt: string | null = null;
  #turn = 0;
  #unanswered = 0;
  #new = 0;
  #problem = -1;

  constructor(view: View, id: string) {
    this.view = view;
    this.id = id;
  }

  readonly slots = $derived.by((): readonly TemplateSlotView[] => this.#shown ?? this.template?.slots ?? []);
  readonly check = $derived.by(() => this.#trial ?? this.template?.check ?? null);
  readonly isWeek = $derived(this.template?.span === 'week');
  readonly mayEdit = $derived.by(() => this.view.lacks('booking:manage_templates') === null && this.template?.is_archived === false && this.comparison === null);
  readonly operatories = $derived.by(() => {
    const used = new Set(this.onGrid.map((one) => one.slot.operatory));
    return this.view.mirror.roster.operatories.filter((one) => one.location === this.template?.location && (one.is_active || used.has(one.id)));
  });
  /** What lies on the grid: the draft, or two states at once. */
  readonly onGrid = $derived.by(() => this.comparison?.slots ?? this.slots);
  /** Days with hours or slots; all of them where there are neither. */
  readonly weekdays = $derived.by((): Weekday[] => {
    const place = this.view.mirror.roster.locations.find((one) => one.id === this.template?.location);
    const has = (day: Weekday): boolean => (place?.hours.some((span) => span.weekday === day) ?? false) || this.onGrid.some((one) => one.slot.weekday === day);
    const some = WEEKDAYS.filter(has);
    return some.length > 0 ? some : [...WEEKDAYS];
  });
  readonly days = $derived.by((): (Weekday | null)[] => (!this.isWeek ? [null] : this.isWholeWeek ? this.weekdays : [this.day]));
  readonly columns = $derived.by((): Column[] => columnsOf(this.days, this.operatories, (day) => LONG_WEEKDAYS[day]));
  readonly chosen = $derived.by(() => this.slots.find((one) => one.id === this.selected) ?? null);
  /** What a command is about: all that is marked, else the one that is chosen. */
  readonly group = $derived.by(() => {
    const ids = this.marked.size > 0 ? new Set([...this.marked, ...(this.selected ? [this.selected] : [])]) : new Set(this.selected ? [this.selected] : []);
    return this.slots.filter((one) => ids.has(one.id));
  });
  readonly place = $derived.by(() => {
    const column = this.columns.find((one) => one.id === this.cursor?.column);
    if (column && this.cursor) return { column, minute: this.cursor.minute };
    // Nobody moved yet: where the keyboard begins.
    const first = this.columns[0];
    const [hours] = first ? hoursOn(this.view.mirror.roster.locations.find((one) => one.id === first.location)?.hours ?? [], first.location, this.isWeek ? weekdayOn(first.date) : null) : [];
    return first ? { column: first, minute: hours?.from ?? MORNING } : null;
  });

  async load(): Promise<void> {
    const { desk } = this.view.mirror;
    try {
      const [template, list] = await Promise.all([desk.call('template', { id: this.id }), desk.call('templates', { with_archived: true })]);
      this.classes = list.classes;
      this.#accept(template);
      this.failure = null;
    } catch (thrown) {
      this.failure = failureOf(thrown);
    }
  }

  /** Somebody changed it, or something was taken back. While a change of our own is on its way its answer is newer. */
  async hear(): Promise<void> {
    if (this.#unanswered > 0) return;
    const asked = (this.#turn += 1);
    try {
      const template = await this.view.mirror.desk.call('template', { id: this.id });
      if (asked === this.#turn) this.#accept(template);
      const { comparison } = this;
      if (comparison) await this.compare(comparison.before, comparison.after, comparison.words);
    } catch (thrown) {
      this.failure = failureOf(thrown);
    }
  }

  #accept(template: TemplateDetail): void {
    this.template = template;
    this.view.mirror.undo = template.undo;
    const there = new Set(template.slots.map((one) => one.id));
    if (this.selected && !there.has(this.selected)) this.selected = null;
    for (const id of this.marked) if (!there.has(id)) this.marked.delete(id);
    this.#shown = null;
    this.#trial = null;
    this.pending.clear();
  }

  /** Shows a change, asks for it, puts it back if it is refused. Answers what the desk said. */
  async #ask<T extends { template: TemplateDetail }>(shown: readonly TemplateSlotView[] | null, touched: readonly string[], ask: () => Promise<T>): Promise<T | null> {
    const turn = (this.#turn += 1);
    if (shown) this.#shown = shown;
    for (const id of touched) this.pending.add(id);
    this.#unanswered += 1;
    try {
      const answer = await ask();
      if (turn === this.#turn) this.#accept(answer.template);
      return answer;
    } catch (thrown) {
      if (turn === this.#turn) {
        this.#shown = null;
        this.#trial = null;
        this.pending.clear();
      }
      tell(this.view, thrown);
      return null;
    } finally {
      this.#unanswered -= 1;
    }
  }

  #change(changes: SlotChange[], shown: readonly TemplateSlotView[], touched: readonly string[]) {
    return this.#ask(shown, touched, () => this.view.mirror.desk.call('change_template_slots', { template: this.id, changes }));
  }

  /** A slot as it will look, until the desk says it. */
  #preview(id: string, slot: SlotFields): TemplateSlotView {
    const type = typeOf(slot.wants, this.view.mirror.roster);
    const old = this.slots.find((one) => one.id === id);
    return {
      id,
      slot,
      wants_words: slot.hold ? t('wants-hold', { units: slot.hold.units }) : wantsWords(slot.wants, this.view.mirror.roster),
      hue: slot.hue ?? type?.hue ?? old?.hue ?? 9,
      letter: slot.letter || (type?.letter ?? old?.letter ?? '·'),
    };
  }

  /** `Bonding, Monday, Op 1, 9:00 to 10:30`. */
  wordsOf({ slot, wants_words }: TemplateSlotView): string {
    const operatory = this.view.mirror.roster.operatories.find((one) => one.id === slot.operatory)?.name ?? '';
    const where = [slot.weekday ? LONG_WEEKDAYS[slot.weekday] : '', operatory].filter(Boolean).join(', ');
    return `${slot.label || wants_words}, ${where}, ${t('from-to', { from: timeWords(slot.start_minute), until: timeWords(slot.start_minute + slot.length_minutes) })}`;
  }

  /** What is drawn at a place with the brush; `length` null: as long as what it is for. */
  fieldsAt(column: Column, minute: number, length: number | null): SlotFields {
    const { roster, practice } = this.view.mirror;
    const type = typeOf(this.brush.wants, roster);
    const usual = type?.length_minutes ?? Math.max(LEAST, 3 * (practice?.time_increment_minutes ?? 10));
    return {
      weekday: this.isWeek ? weekdayOn(column.date) : null,
      start_minute: minute,
      length_minutes: Math.min(length ?? usual, 1440 - minute),
      operatory: column.of,
      provider: column.provider,
      wants: this.brush.wants,
      capacity: 1,
      hold: this.brush.isHold ? { units: 1, release_hours: 24 } : null,
      label: '',
      hue: null,
      letter: '',
    };
  }

  async draw(column: Column, minute: number, length: number | null): Promise<void> {
    const slot = this.fieldsAt(column, minute, length);
    // Enter where something lies already is about that.
    const here = length === null ? this.slots.find((one) => one.slot.operatory === slot.operatory && (one.slot.weekday ?? null) === slot.weekday && one.slot.start_minute <= minute && minute < endOf(one.slot)) : undefined;
    if (here) {
      this.select(here.id);
      this.view.focusInspector();
      return;
    }
    const id = `drawn-${(this.#new += 1)}`;
    const preview = this.#preview(id, slot);
    const answer = await this.#change([{ kind: 'add', slot }], [...this.slots, preview], [id]);
    const added = answer?.added[0];
    if (!answer || added === undefined) return;
    this.selected = added;
    this.view.noteSaved();
    this.view.say(t('template-drew', { slot: this.wordsOf(preview) }));
    this.grid?.focus();
  }

  /** Where a slot and all that is marked with it would lie; null: one of them would leave the grid. */
  together(id: string, column: Column, minute: number): { id: string; slot: SlotFields }[] | null {
    const anchor = this.slots.find((one) => one.id === id);
    if (!anchor) return null;
    const all = this.marked.has(id) ? this.group : [anchor];
    return movedTogether(all, anchor, column, minute, this.columns, this.isWeek, this.view.mirror.roster);
  }

  /**
   * Something in the hand is over a place: what would be wrong there is asked while it is. One question at a time; the next is about
   * where it is by then.
   */
  hold(held: { card: string; landing: Landing } | null): void {
    const at = held && [held.card, held.landing.column, held.landing.minute, held.landing.length].join(' ');
    // Told again at the same place because an answer was shown there: asking again would go on for ever.
    if (at !== null && at === this.#heldAt) return;
    this.#heldAt = at;
    const one = held && this.slots.find((each) => each.id === held.card);
    const column = held && this.columns.find((each) => each.id === held.landing.column);
    if (!held || !one || !column) {
      this.#wish = null;
      // Let go: what was found holds until the desk answers what came of it.
      if (this.#unanswered === 0) this.#trial = null;
      return;
    }
    const { minute, length } = held.landing;
    const isStretched = length !== one.slot.length_minutes;
    const moved = isStretched
      ? [{ id: one.id, slot: { ...one.slot, start_minute: minute, length_minutes: length } }]
      : (this.together(one.id, column, minute) ?? []);
    const isWhereItWas = !isStretched && minute === one.slot.start_minute && column.of === one.slot.operatory;
    this.#wish = isWhereItWas ? [] : moved.map(({ id, slot }) => ({ kind: 'change', id, slot }));
    void this.#try();
  }

  async #try(): Promise<void> {
    if (this.#isTrying) return;
    this.#isTrying = true;
    while (this.#wish) {
      const changes = [...this.#wish];
      this.#wish = null;
      try {
        const check = changes.length === 0 ? null : await this.view.mirror.desk.call('check_template_slots', { template: this.id, changes });
        if (this.#heldAt !== null) this.#trial = check;
      } catch {
        // What cannot be is said when it is let go.
        this.#trial = null;
      }
    }
    this.#isTrying = false;
  }

  /** Moves the chosen slot, and with it all that is marked. */
  async move(id: string, column: Column, minute: number): Promise<void> {
    if (!this.slots.some((one) => one.id === id)) return;
    const moved = this.together(id, column, minute);
    if (!moved) {
      this.view.alarm(t('template-group-leaves'));
      this.view.toasts.show('trouble', t('template-group-leaves'), t('template-group-leaves-hint'));
      return;
    }
    // The keyboard goes with it: what is taken back leaves it here.
    this.cursor = { column: column.id, minute };
    if (await this.put(moved)) this.view.noteSaved();
  }

  async resize(id: string, minute: number, length: number): Promise<void> {
    const one = this.slots.find((each) => each.id === id);
    if (one && (await this.put([{ id, slot: { ...one.slot, start_minute: minute, length_minutes: length } }]))) this.view.noteSaved();
  }

  /** Gives slots new contents. */
  async put(changed: readonly { id: string; slot: SlotFields }[]): Promise<boolean> {
    const by = new Map(changed.map((one) => [one.id, one.slot]));
    const shown = this.slots.map((one) => (by.has(one.id) ? this.#preview(one.id, by.get(one.id)!) : one));
    const answer = await this.#change(changed.map(({ id, slot }) => ({ kind: 'change', id, slot })), shown, [...by.keys()]);
    return answer !== null;
  }

  /** The same change for everything that is chosen. */
  async edit(change: (slot: SlotFields) => SlotFields): Promise<boolean> {
    const saved = await this.put(this.group.map(({ id, slot }) => ({ id, slot: change(slot) })));
    if (saved) this.view.noteSaved();
    return saved;
  }

  async remove(): Promise<void> {
    const gone = this.group;
    if (gone.length === 0) return;
    const ids = new Set(gone.map((one) => one.id));
    const first = gone[0]!;
    const answer = await this.#change([...ids].map((id) => ({ kind: 'remove', id })), this.slots.filter((one) => !ids.has(one.id)), []);
    if (!answer) return;
    const column = this.columns.find((one) => one.of === first.slot.operatory && (!this.isWeek || weekdayOn(one.date) === first.slot.weekday));
    if (column) this.cursor = { column: column.id, minute: first.slot.start_minute };
    done(this.view, gone.length === 1 ? t('template-removed-one', { slot: this.wordsOf(first) }) : t('template-removed-some', { count: gone.length }));
    this.grid?.focus();
  }

  /** Below itself, where there is room. */
  async duplicate(): Promise<void> {
    const taken = this.slots.map((one) => one.slot);
    const wanted: SlotFields[] = [];
    for (const { slot } of this.group) {
      const start = roomAfter(slot, [...taken, ...wanted]);
      if (start !== null) wanted.push({ ...slot, start_minute: start });
    }
    if (wanted.length === 0) {
      this.view.alarm(t('template-no-room'));
      return;
    }
    const previews = wanted.map((slot) => this.#preview(`drawn-${(this.#new += 1)}`, slot));
    const answer = await this.#change(wanted.map((slot) => ({ kind: 'add', slot })), [...this.slots, ...previews], previews.map((one) => one.id));
    if (!answer) return;
    this.marked.clear();
    this.selected = answer.added[0] ?? null;
    if (answer.added.length > 1) for (const id of answer.added) this.marked.add(id);
    this.view.noteSaved();
    this.view.say(t('template-drew', { slot: this.wordsOf(previews[0]!) }));
    this.grid?.focus();
  }

  async fill(request: Omit<FillTemplate, 'template'>): Promise<boolean> {
    const answer = await this.#ask(null, [], () => this.view.mirror.desk.call('fill_template', { ...request, template: this.id }));
    if (answer) done(this.view, t('template-filled', { count: answer.added.length, left: answer.left_out }));
    return answer !== null;
  }

  async copy(request: Omit<CopyTemplateColumn, 'template'>): Promise<boolean> {
    const answer = await this.#ask(null, [], () => this.view.mirror.desk.call('copy_template_column', { ...request, template: this.id }));
    if (answer) done(this.view, t('template-copied-slots', { count: answer.added.length, left: answer.left_out }));
    return answer !== null;
  }

  mark(id: string): void {
    const one = this.slots.find((each) => each.id === id);
    if (!one) return;
    // What was chosen first belongs to the group.
    if (this.marked.size === 0 && this.selected && this.selected !== id) this.marked.add(this.selected);
    if (this.marked.has(id)) this.marked.delete(id);
    else this.marked.add(id);
    this.selected = id;
    this.view.say(t('template-marked', { slot: one.slot.label || one.wants_words, isOn: this.marked.has(id) ? 'yes' : 'no', count: this.marked.size }));
  }

  select(id: string | null): void {
    // Choosing another one by itself ends the group.
    if (id === null || !this.marked.has(id)) this.marked.clear();
    this.selected = id;
  }

  /** Everything in the column of the cursor or of the chosen slot. */
  markColumn(): void {
    const at = this.columnHere;
    if (!at) return;
    this.marked.clear();
    const own = this.slots.filter((one) => one.slot.operatory === at.operatory && (one.slot.weekday ?? null) === at.weekday);
    for (const one of own) this.marked.add(one.id);
    this.selected = own[0]?.id ?? this.selected;
    this.view.say(t('template-marked-column', { count: own.length }));
  }

  get columnHere(): { operatory: string; weekday: Weekday | null } | null {
    const { chosen, place } = this;
    if (chosen) return { operatory: chosen.slot.operatory, weekday: chosen.slot.weekday ?? null };
    if (place) return { operatory: place.column.of, weekday: this.isWeek ? weekdayOn(place.column.date) : null };
    return null;
  }

  /** Shows a weekday; answers nothing where the template has none. */
  showDay(day: Weekday): void {
    if (!this.isWeek) return;
    this.day = day;
    this.isWholeWeek = false;
    this.cursor = null;
    this.view.say(t('template-day-shown', { day: LONG_WEEKDAYS[day], count: this.slots.filter((one) => one.slot.weekday === day).length }));
  }

  turnDay(step: number): void {
    const { weekdays } = this;
    if (!this.isWeek || weekdays.length === 0) return;
    const at = weekdays.indexOf(this.day);
    this.showDay(weekdays[(at + step + weekdays.length) % weekdays.length]!);
  }

  showWeek(): void {
    this.isWholeWeek = true;
    this.view.say(t('template-week-shown'));
  }

  /** The problem after the one looked at last, round and round. */
  nextProblem(): void {
    const problems = this.template?.check.problems ?? [];
    const next = problems[(this.#problem + 1) % problems.length];
    if (next) this.jump(next);
  }

  /** Goes to what is wrong. */
  jump(problem: TemplateProblem): void {
    if (this.isWeek && problem.weekday && !this.isWholeWeek) this.day = problem.weekday;
    this.marked.clear();
    // Not all of them as a group: then a move would keep what is wrong.
    this.selected = problem.slots[0] ?? null;
    this.#problem = this.template?.check.problems.indexOf(problem) ?? -1;
    const id = this.selected;
    whenDrawn(() => {
      if (id) this.grid?.revealCard(id);
      this.grid?.focus();
    });
    this.view.say(problem.words);
  }

  async saveVersion(name: string): Promise<void> {
    const template = await this.view.mirror.desk.call('save_template_version', { template: this.id, name });
    this.#accept(template);
    done(this.view, t('template-version-saved', { name, number: template.versions[0]?.number ?? 0 }));
  }

  async restoreVersion(version: string): Promise<void> {
    try {
      const template = await this.view.mirror.desk.call('restore_template_version', { template: this.id, version });
      this.comparison = null;
      this.#accept(template);
      const restored = template.versions.find((one) => one.id === version);
      done(this.view, t('template-version-restored', { name: restored?.name ?? '' }));
    } catch (thrown) {
      tell(this.view, thrown);
    }
  }

  /** Shows what differs, on the grid and in words. */
  async compare(before: string | null, after: string | null, words: string): Promise<void> {
    try {
      const { desk } = this.view.mirror;
      const [{ entries }, newer] = await Promise.all([
        desk.call('diff_template', { template: this.id, before, after }),
        desk.call('template', { id: this.id, version: after }),
      ]);
      const gone = entries.flatMap((one) => (one.after === null && one.before ? [this.#preview(one.id, one.before)] : []));
      this.comparison = { before, after, words, entries, slots: [...newer.slots, ...gone] };
      this.marked.clear();
      this.view.say(t('template-differs', { count: entries.length }));
    } catch (thrown) {
      tell(this.view, thrown);
    }
  }

  async update(change: { name?: string; note?: string; is_archived?: boolean }): Promise<TemplateDetail> {
    const template = await this.view.mirror.desk.call('update_template', { id: this.id, ...change });
    this.#accept(template);
    return template;
  }
}

/**
 * What this desk knows, as the screen shows it. Hydrated once; after that the desk says what changed and the mirror
 * applies it. It never guesses what to ask for again. Sheets are replaced, cards that did not change stay the same
 * objects, so that only what changed is drawn again.
 */

import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { addDays } from '../shared/dates';
import type {
  AppointmentCard,
  AppointmentChanged,
  Arriving,
  BackupState,
  DowntimeState,
  Boot,
  Changed,
  ConflictCard,
  DaySheet,
  Event,
  Hello,
  PracticeView,
  Preferences,
  RosterView,
  Session,
  SyncState,
  UndoState,
} from './api';
import { nothing, type Desk } from './client';
import { Clock } from './clock.svelte';
import { type DeskFailure, failureOf } from './host';

/** Some weeks of two or three locations. */
const SHEETS_KEPT = 96;

const NO_ROSTER: RosterView = {
  locations: [],
  operatories: [],
  providers: [],
  appointment_types: [],
  people: [],
  workstations: [],
};
const NOTHING_TO_UNDO: UndoState = { undo: null, redo: null };

/** Somebody takes the seat; what they may see is on its way. */
interface Entering {
  person: string;
  session: Session;
  done: Promise<void>;
}

const keyOf = (location: string, date: string): string => `${location}|${date}`;

/** A change that the screen shows before the desk has answered. */
interface Patch {
  /** The newest gesture on this visit; an older answer does not take its picture away. */
  turn: number;
  shown: AppointmentCard;
  /** What the desk last said; null: the visit is gone. */
  truth: AppointmentCard | null;
  /** The desk's event for this change (or a later one) came before its answer. */
  echoed: boolean;
}

export interface Progress {
  done: number;
  total: number;
  what: string;
}

export class Mirror {
  readonly desk: Desk;
  readonly clock: Clock;

  boot = $state.raw<Boot | null>(null);
  /** Who sits here. Whoever comes in counts as sitting here once all they see is there. */
  session = $state.raw<Session | null>(null);
  /** Goes on when somebody sits down; what is on the screen belongs to whoever sits here. */
  seat = $state(0);
  /** Who sat here last: the sign-in begins with them. */
  lastPerson: string | null = null;
  /** The sign-in begins with the list of people: somebody else wants to come in. */
  isSwitching = false;
  hello = $state.raw<Hello | null>(null);
  practice = $state.raw<PracticeView | null>(null);
  roster = $state.raw<RosterView>(NO_ROSTER);
  sync = $state.raw<SyncState | null>(null);
  /** How far the calendar of a new workstation has come; null: all of it is here. */
  arriving = $state.raw<Arriving | null>(null);
  /** How backups stand; a failed one is worth a sign. */
  backup = $state.raw<BackupState | null>(null);
  /** How the downtime pack stands, once it was asked for or told. */
  downtime = $state.raw<DowntimeState | null>(null);
  undo = $state.raw<UndoState>(NOTHING_TO_UNDO);
  preferences = $state.raw<Preferences | null>(null);
  conflictCount = $state(0);
  conflicts = $state.raw<ConflictCard[]>([]);
  /** Why a day could not be shown, by its key. */
  failures = new SvelteMap<string, DeskFailure>();
  /** Long jobs under way. */
  progress = new SvelteMap<string, Progress>();
  /** Visits whose change the desk has not answered yet. */
  pending = new SvelteSet<string>();
  /** Counts every change of another desk or of this one; what shows details watches it. */
  revision = $state(0);
  /** The last batch, for whoever shows details of one visit or patient. */
  lastChange = $state.raw<Changed | null>(null);

  #sheets = new SvelteMap<string, DaySheet>();
  /** Oldest use first. */
  #used: string[] = [];
  /** How many of them are on the screen. */
  #shown = 0;
  /** Days being asked for; `true` if a change arrived meanwhile and the answer may be old. */
  #asking = new Map<string, boolean>();
  /** The same days, as whoever waits for them. */
  #arriving = new Map<string, Promise<void>>();
  #patches = new Map<string, Patch>();
  #turn = 0;
  #unanswered = new Set<Promise<AppointmentChanged>>();
  /** Asked of the desk and not answered yet. */
  #underWay = new Set<Promise<unknown>>();
  #conflictsAsked = 0;
  #entering: Entering | null = null;
  /** Counts how often all was wiped: an answer to a question from before is for nobody any more. */
  #era = 0;
  #stop: (() => void) | null = null;

  constructor(desk: Desk, clock: Clock = new Clock()) {
    this.desk = {
      host: desk.host,
      call: async (name, request) => {
        const answer = desk.call(name, request);
        this.#underWay.add(answer);
        try {
          return await answer;
        } catch (thrown) {
          // The desk is locked and the screen does not know it yet.
          if (failureOf(thrown).code === 'locked') void this.#askSession();
          throw thrown;
        } finally {
          this.#underWay.delete(answer);
        }
      },
    };
    this.clock = clock;
  }

  /** Cards and lists show initials only. */
  get isPrivate(): boolean {
    return this.preferences?.is_private ?? false;
  }

  /** Only patients with a visit on the next days are here yet. */
  get hasFewPatients(): boolean {
    return this.arriving?.stage === 'today';
  }

  get isLocked(): boolean {
    return this.session?.state === 'locked';
  }

  /** Listens first, then asks, so that nothing falls between. */
  async start(): Promise<void> {
    // A second try listens already.
    this.#stop ??= await this.desk.host.subscribe(
      (events) => this.apply(events),
      () => void this.reload(),
    );
    try {
      this.boot = await this.desk.call('boot', nothing);
    } catch (thrown) {
      this.boot = { state: 'failed', error: failureOf(thrown).error };
    }
    if (this.boot.state === 'ready') await this.#askSession();
  }

  stop(): void {
    this.#stop?.();
    this.#stop = null;
  }

  /** A step of the first start: founding, joining, unlocking, the demo. */
  async open(answer: Promise<Boot>): Promise<void> {
    const boot = await answer;
    if (boot.state === 'ready') await this.#askSession();
    this.boot = boot;
  }

  async #askSession(): Promise<void> {
    const before = this.session;
    try {
      const session = await this.desk.call('session', nothing);
      // What the desk said by itself meanwhile is newer.
      if (this.session === before) await this.#hearSession(session);
    } catch (thrown) {
      this.boot = { state: 'failed', error: failureOf(thrown).error };
    }
  }

  /** An answer that says who sits here now: signing in, coming back, locking, emergency access. */
  async takeSession(answer: Promise<Session>): Promise<void> {
    await this.#hearSession(await answer);
  }

  async #hearSession(session: Session): Promise<void> {
    const before = this.session;
    if (session.state === 'locked') {
      if (before?.me) this.lastPerson = before.me.id;
      // Also while somebody was coming in.
      this.#entering = null;
      this.#wipe();
      this.session = session;
      return;
    }
    const person = session.me?.id ?? '';
    if (this.#entering?.person === person) {
      this.#entering.session = session;
      return await this.#entering.done;
    }
    // A newcomer's own record comes with the rest of the practice: nobody else sat down.
    if (this.hello && before?.state === 'open' && ['', person].includes(before.me?.id ?? '')) {
      this.session = session;
      // What may be seen may be other than before.
      if (before.may.join() !== session.may.join()) await this.reload();
      return;
    }
    this.#wipe();
    const entering: Entering = { person, session, done: Promise.resolve() };
    this.#entering = entering;
    entering.done = this.#enter(entering);
    await entering.done;
  }

  async #enter(entering: Entering): Promise<void> {
    await Promise.all([this.hydrate(), this.#askBackup()]);
    if (this.#entering !== entering) return;
    this.#entering = null;
    // What went wrong is said where the practice opens.
    if (!this.hello) return;
    this.isSwitching = false;
    this.session = entering.session;
    this.seat += 1;
  }

  /** Forgets everything that the practice's people are not to see without signing in. How the screen looks stays. */
  #wipe(): void {
    this.#era += 1;
    this.hello = null;
    this.practice = null;
    this.roster = NO_ROSTER;
    this.undo = NOTHING_TO_UNDO;
    this.#conflictsAsked += 1;
    this.conflictCount = 0;
    this.conflicts = [];
    this.failures.clear();
    this.progress.clear();
    this.pending.clear();
    this.lastChange = null;
    this.revision += 1;
    this.#sheets.clear();
    this.#used = [];
    this.#asking.clear();
    this.#arriving.clear();
    this.#patches.clear();
  }

  async hydrate(): Promise<void> {
    const era = this.#era;
    try {
      // What the desk says while it is asked is newer than its answer: answers and events travel by different ways.
      const before = { sync: this.sync, undo: this.undo, roster: this.roster, practice: this.practice, arriving: this.arriving };
      const hello = await this.desk.call('hello', nothing);
      if (era !== this.#era) return;
      this.#greet(hello, before);
      if (this.conflictCount > 0) await this.askConflicts();
    } catch (thrown) {
      const { code } = failureOf(thrown);
      // Locked meanwhile: that is no failure. And who may not see the calendar has no conflicts to see.
      if (era !== this.#era || code === 'locked' || (code === 'not_allowed' && this.hello)) return;
      this.boot = { state: 'failed', error: failureOf(thrown).error };
    }
  }

  /** Nobody waits for it: what fails later is told by an event. */
  async #askBackup(): Promise<void> {
    const before = this.backup;
    try {
      const state = await this.desk.call('backup_state', nothing);
      if (this.backup === before) this.backup = state;
    } catch {
      // The sign stays as it was.
    }
  }

  #greet(hello: Hello, before: Pick<Mirror, 'sync' | 'undo' | 'roster' | 'practice' | 'arriving'>): void {
    this.hello = hello;
    if (this.practice === before.practice) this.practice = hello.practice;
    if (this.roster === before.roster) this.roster = hello.roster;
    if (this.sync === before.sync) this.sync = hello.sync;
    if (this.arriving === before.arriving) this.arriving = hello.arriving;
    // Every change comes with both.
    if (this.undo === before.undo) [this.undo, this.conflictCount] = [hello.undo, hello.conflict_count];
    this.preferences = hello.preferences;
    this.clock.hear(hello.now);
  }

  /** Everything may have changed: ask again for what is kept. */
  async reload(): Promise<void> {
    if (this.boot?.state !== 'ready') return;
    // After a gap in listening nobody knows who sits here.
    if (!this.hello) return await this.#askSession();
    const kept = [...this.#used];
    const onScreen = kept.slice(-Math.max(3, this.#shown));
    for (const key of kept.slice(0, -onScreen.length)) this.#forget(key);
    const era = this.#era;
    await this.hydrate();
    if (era !== this.#era) return;
    this.lastChange = null;
    this.revision += 1;
    await Promise.all(onScreen.map((key) => this.#ask(key)));
  }

  async askConflicts(): Promise<void> {
    this.#conflictsAsked += 1;
    const turn = this.#conflictsAsked;
    const { cards } = await this.desk.call('conflicts', nothing);
    // Somebody asked again, or heard that there are none, and knows better.
    if (turn !== this.#conflictsAsked) return;
    this.conflicts = cards;
    this.conflictCount = cards.length;
  }

  /** Takes over how current this desk is, unless the desk said so by itself meanwhile. */
  async takeSync(answer: Promise<SyncState>): Promise<void> {
    const before = this.sync;
    const state = await answer;
    if (this.sync === before) this.sync = state;
  }

  /** The day as far as it is here; null while it is on its way. Does not ask. */
  sheet(location: string, date: string): DaySheet | null {
    return this.#sheets.get(keyOf(location, date)) ?? null;
  }

  failure(location: string, date: string): DeskFailure | null {
    return this.failures.get(keyOf(location, date)) ?? null;
  }

  /** Brings a day onto the screen, and its neighbours near at hand. */
  show(location: string, date: string): Promise<void> {
    return this.showDays([location], [date], [addDays(date, 1), addDays(date, -1)]);
  }

  /** Brings days at some locations onto the screen, and others near at hand. */
  async showDays(locations: readonly string[], dates: readonly string[], near: readonly string[]): Promise<void> {
    const era = this.#era;
    const keys = locations.flatMap((location) => dates.map((date) => keyOf(location, date)));
    for (const key of keys) this.#use(key);
    this.#shown = keys.length;
    await Promise.all(keys.filter((key) => !this.#sheets.has(key)).map((key) => this.#arriving.get(key) ?? this.#ask(key)));
    if (era !== this.#era) return;
    for (const key of locations.flatMap((location) => near.map((date) => keyOf(location, date)))) {
      if (!this.#sheets.has(key) && !this.#asking.has(key)) {
        this.#used.unshift(key);
        void this.#ask(key);
      }
    }
  }

  /** The card as any kept day has it. */
  card(id: string): AppointmentCard | null {
    for (const sheet of this.#sheets.values()) {
      const card = sheet.appointments.find((one) => one.id === id);
      if (card) return card;
    }
    return null;
  }

  apply(events: Event[]): void {
    for (const event of events) {
      if (event.event === 'changed') this.#applyChanged(event);
      else if (event.event === 'sync') this.sync = event.state;
      else if (event.event === 'arriving') this.arriving = event.arriving;
      else if (event.event === 'backup') this.backup = event.state;
      else if (event.event === 'downtime') this.downtime = event.state;
      else if (event.event === 'clock') this.clock.hear(event.now);
      else if (event.event === 'progress') this.progress.set(event.job, event);
      else if (event.event === 'boot') {
        const wasReady = this.boot?.state === 'ready';
        this.boot = event.boot;
        if (event.boot.state === 'ready' && !wasReady) void this.#askSession();
      } else if (event.event === 'session') void this.#hearSession(event.session);
    }
  }

  #applyChanged(changed: Changed): void {
    // Nobody may see it.
    if (this.isLocked) return;
    this.undo = changed.undo;
    if (changed.roster) this.roster = changed.roster;
    if (changed.practice) this.practice = changed.practice;
    if (changed.reload) {
      void this.reload();
      return;
    }
    for (const [key] of this.#asking) this.#asking.set(key, true);
    for (const card of changed.appointments) this.#hear(card);
    for (const id of changed.removed_appointments) this.#hearGone(id);
    if (changed.removed_blocks.length > 0) {
      const gone = new Set(changed.removed_blocks);
      for (const [key, sheet] of this.#sheets) {
        if (sheet.blocks.some((block) => gone.has(block.id))) {
          this.#sheets.set(key, { ...sheet, blocks: sheet.blocks.filter((block) => !gone.has(block.id)) });
        }
      }
    }
    for (const day of changed.blocks) {
      const key = keyOf(day.location, day.date);
      const sheet = this.#sheets.get(key);
      if (sheet) this.#sheets.set(key, { ...sheet, blocks: day.blocks });
    }
    for (const day of changed.slots ?? []) {
      const key = keyOf(day.location, day.date);
      const sheet = this.#sheets.get(key);
      if (sheet) this.#sheets.set(key, { ...sheet, slots: day.slots });
    }
    const countChanged = changed.conflict_count !== this.conflictCount;
    this.conflictCount = changed.conflict_count;
    if (changed.conflict_count === 0) {
      this.#conflictsAsked += 1;
      this.conflicts = [];
    } else if (countChanged || changed.appointments.some((card) => card.conflicts.length > 0)) {
      // A failure here leaves the older cards and the right count; the next change asks again.
      this.askConflicts().catch(() => {});
    }
    this.lastChange = changed;
    this.revision += 1;
    // Hours and open times come with the sheet; a changed roster may have changed them.
    if (changed.roster) for (const key of this.#used) void this.#ask(key);
  }

  /** The desk says how a visit is now. While a gesture waits for its answer the gesture's picture stays. */
  #hear(card: AppointmentCard): void {
    const patch = this.#patches.get(card.id);
    if (patch) {
      patch.truth = card;
      patch.echoed = true;
    } else this.#place(card);
  }

  #hearGone(id: string): void {
    const patch = this.#patches.get(id);
    if (patch) {
      patch.truth = null;
      patch.echoed = true;
    } else this.#remove(id);
  }

  /** Takes over an answer that carries the visit's new state. */
  accept(answer: AppointmentChanged): void {
    // Locked meanwhile.
    if (!this.hello) return;
    this.undo = answer.undo;
    this.#hear(answer.appointment);
  }

  /**
   * Shows `card` at once and asks meanwhile. The answer replaces the picture; a refusal puts back what the desk last
   * said and is passed on.
   */
  async optimistic(card: AppointmentCard, answer: Promise<AppointmentChanged>): Promise<AppointmentChanged> {
    this.#turn += 1;
    const turn = this.#turn;
    const era = this.#era;
    const before = this.#patches.get(card.id);
    const patch: Patch = { turn, shown: card, truth: before ? before.truth : this.card(card.id), echoed: false };
    this.#patches.set(card.id, patch);
    this.pending.add(card.id);
    this.#place(card);
    this.#unanswered.add(answer);
    try {
      const changed = await answer;
      if (era === this.#era) this.undo = changed.undo;
      this.#settle(card.id, turn, changed.appointment);
      return changed;
    } catch (thrown) {
      this.#settle(card.id, turn, null);
      throw thrown;
    } finally {
      this.#unanswered.delete(answer);
    }
  }

  /** Every gesture so far is answered: what refers to the last change must not overtake it. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#unanswered);
  }

  /** All that was asked so far is answered. */
  async quiet(): Promise<void> {
    await Promise.allSettled([...this.#underWay]);
  }

  #settle(id: string, turn: number, answer: AppointmentCard | null): void {
    const patch = this.#patches.get(id);
    if (!patch) return;
    // An event is never older than the answer it belongs to.
    if (answer && !patch.echoed) patch.truth = answer;
    if (patch.turn !== turn) return;
    this.#patches.delete(id);
    this.pending.delete(id);
    if (patch.truth) this.#place(patch.truth);
    else this.#remove(id);
  }

  /** The visit belongs on the day its date and location say, and on no other. */
  #place(card: AppointmentCard): void {
    const home = keyOf(card.location, card.date);
    for (const [key, sheet] of this.#sheets) {
      const index = sheet.appointments.findIndex((one) => one.id === card.id);
      if (key === home) {
        const appointments = [...sheet.appointments];
        if (index < 0) appointments.push(card);
        else appointments[index] = card;
        this.#sheets.set(key, { ...sheet, appointments });
      } else if (index >= 0) {
        this.#sheets.set(key, { ...sheet, appointments: sheet.appointments.filter((one) => one.id !== card.id) });
      }
    }
  }

  #remove(id: string): void {
    for (const [key, sheet] of this.#sheets) {
      if (sheet.appointments.some((one) => one.id === id)) {
        this.#sheets.set(key, { ...sheet, appointments: sheet.appointments.filter((one) => one.id !== id) });
      }
    }
  }

  #ask(key: string): Promise<void> {
    const answer = this.#fetch(key).finally(() => {
      if (this.#arriving.get(key) === answer) this.#arriving.delete(key);
    });
    this.#arriving.set(key, answer);
    return answer;
  }

  async #fetch(key: string): Promise<void> {
    const [location, date] = key.split('|') as [string, string];
    const era = this.#era;
    this.#asking.set(key, false);
    try {
      const sheet = await this.desk.call('day_sheet', { location, date });
      if (era !== this.#era) return;
      const isOld = this.#asking.get(key) === true;
      this.#asking.delete(key);
      if (isOld) return await this.#fetch(key);
      this.#keep(key, sheet);
      this.failures.delete(key);
    } catch (thrown) {
      if (era !== this.#era) return;
      this.#asking.delete(key);
      this.failures.set(key, failureOf(thrown));
    }
  }

  /** Puts a fresh sheet in place, with the gestures that still wait and the card objects that are the same. */
  #keep(key: string, sheet: DaySheet): void {
    const old = new Map(this.#sheets.get(key)?.appointments.map((card) => [card.id, card]));
    const appointments: AppointmentCard[] = [];
    for (const card of sheet.appointments) {
      const patch = this.#patches.get(card.id);
      if (patch) {
        patch.truth = card;
        continue;
      }
      const known = old.get(card.id);
      appointments.push(known && JSON.stringify(known) === JSON.stringify(card) ? known : card);
    }
    for (const patch of this.#patches.values()) {
      if (keyOf(patch.shown.location, patch.shown.date) === key) appointments.push(patch.shown);
    }
    this.#sheets.set(key, { ...sheet, appointments });
    for (const first of this.#used.slice(0, Math.max(0, this.#used.length - SHEETS_KEPT))) this.#forget(first);
  }

  #use(key: string): void {
    this.#used = [...this.#used.filter((one) => one !== key), key];
  }

  #forget(key: string): void {
    this.#used = this.#used.filter((one) => one !== key);
    this.#sheets.delete(key);
    this.failures.delete(key);
  }
}

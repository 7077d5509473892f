/** What this window looks at: place, day, what is chosen, which panel and dialog are open. Holds no clinic data. */

import { getContext, setContext } from 'svelte';
import { lacking, type Need, wantsPassphrase } from '../actions/needs';
import type { AppointmentCard, AppointmentView, AuditPatient, BlockCard, BlockDetail, BlockTarget, DaySheet, DeskError, LeftOutView, LocationView, NamedView, Preferences, ViewBy, ViewSpan, VisitSeries } from '../desk/api';
import type { Mirror } from '../desk/mirror.svelte';
import type { MoveMode } from '../schedule/intents';
import { addDays, dateWords, longDateWords, monthWords } from '../shared/dates';
import { initialsOf } from '../shared/names';
import { whenDrawn } from '../shared/when-drawn';
import type { TemplateDialog } from '../templates/dialogs';
import { Templates } from '../templates/templates.svelte';
import { t } from '../words/words';
import { Booking, type ChosenPatient } from '../booking/booking.svelte';
import { FamilyBooking } from '../booking/family.svelte';
import { type Spot, weekOf } from './columns-of';
import type { WallPlace } from './clock-setting';
import { Showing } from './showing.svelte';
import { Toasts } from './toasts.svelte';

/** What the day sheet lets others do with it. */
export interface GridHandle {
  focus(): void;
  startMoving(id: string): void;
  scrollToNow(): void;
  revealCard(id: string): void;
  isBusy(): boolean;
  isPressed(): boolean;
}

export type Panel =
  | { kind: 'none' }
  | { kind: 'booking'; booking: Booking }
  | { kind: 'family'; family: FamilyBooking }
  | { kind: 'conflicts' }
  | { kind: 'pinboard' }
  | { kind: 'patient'; id: string };

/** What a person decided about rules that stand in the way. */
export type LeaveAnswer = { acknowledge_warnings: boolean; override_reason: string | null };

/** What was copied or cut: a block-out, or a visit, which is only copied. */
export type Clipboard = { kind: 'block'; block: BlockCard; isCut: boolean } | { kind: 'visit'; card: AppointmentCard };

export type DialogState =
  | { kind: 'palette' }
  | { kind: 'help' }
  | { kind: 'go_to_date' }
  | { kind: 'print' }
  | { kind: 'cancel'; card: AppointmentCard }
  | { kind: 'block'; detail: BlockDetail | null; spot: Spot | null; length: number | null; date: string }
  | { kind: 'name_view'; key: number | null }
  | { kind: 'absence'; target: BlockTarget | null; from: number | null; changes: BlockDetail | null }
  | { kind: 'paste'; block: BlockCard | null }
  | { kind: 'reschedule'; provider: string | null; date: string; visits: readonly string[] }
  | { kind: 'series'; booking: Booking }
  | { kind: 'series_change'; card: AppointmentCard; series: VisitSeries }
  | { kind: 'leave'; error: DeskError; resolve: (answer: LeaveAnswer | null) => void }
  | { kind: 'template'; dialog: TemplateDialog }
  | { kind: 'import' }
  | { kind: 'invite' }
  | { kind: 'new_patient' }
  | { kind: 'passphrase' }
  | { kind: 'pin' }
  | { kind: 'second_factor' }
  | { kind: 'emergency' }
  | { kind: 'audit_check' }
  | { kind: 'who_saw'; patient: AuditPatient }
  | { kind: 'recovery_kit'; former: string | null; onmade: () => void }
  | { kind: 'reason'; title: string; text: string; label: string; hint: string; verb: string; run: (reason: string) => Promise<void> }
  | { kind: 'confirm'; title: string; text: string; verb: string; run: () => Promise<void> };

export const SETTINGS_PAGES = ['practice', 'locations', 'operatories', 'providers', 'types', 'equipment', 'openings', 'people', 'backups', 'audit'] as const;
export type SettingsPage = (typeof SETTINGS_PAGES)[number];

export const HOUR_HEIGHTS = [56, 64, 72, 84, 96, 108, 120, 144, 168] as const;

export class View {
  readonly mirror: Mirror;
  readonly toasts = new Toasts();
  readonly showing: Showing;
  readonly templates: Templates;

  page = $state<'calendar' | 'flow' | 'past' | 'settings' | 'templates'>('calendar');
  settingsPage = $state<SettingsPage>('practice');
  location = $state<string | null>(null);
  date = $state('');
  selected = $state<string | null>(null);
  /** In the time of the wall, whatever the grid counts in. */
  cursor = $state.raw<WallPlace | null>(null);
  moving = $state.raw<MoveMode | null>(null);
  /** The visit that waits for another to change places with. */
  swapping = $state.raw<{ id: string; name: string } | null>(null);
  /** A block-out that was copied or cut. */
  clipboard = $state.raw<Clipboard | null>(null);
  panel = $state.raw<Panel>({ kind: 'none' });
  dialog = $state.raw<DialogState | null>(null);
  railOpen = $state(true);
  inspectorOpen = $state(true);
  /** The visit whose note somebody asked to write before its field was there. */
  noteDue = $state<string | null>(null);
  showBroken = $state(false);
  hourHeight = $state<number | null>(null);
  singleKeys = $state(true);
  /** The choice of columns is open under its button in the bar. */
  isChoosingColumns = $state(false);
  /** Somebody types the name of a visit on the screen. */
  isFinding = $state(false);
  /** What a screen reader is told politely, and at once. */
  polite = $state('');
  assertive = $state('');
  /** `09:41:07`: when this desk last kept something. */
  savedAt = $state('');
  grid: GridHandle | null = null;
  /** Which part has the focus, for the key hints. */
  focusedPart = $state<'grid' | 'inspector' | 'rail' | 'bar'>('grid');

  #keeping: ReturnType<typeof setTimeout> | undefined;
  /** Preferences that wait for the end of a burst of changes. */
  #unkept: Preferences | null = null;
  /** The focus was sent to the sheet while there was none. */
  #isFocusDue = false;

  constructor(mirror: Mirror) {
    this.mirror = mirror;
    this.showing = new Showing(this);
    this.templates = new Templates(this);
  }

  /** After hydration: the place and day to begin with, and how this workstation likes its screen. */
  begin(): void {
    const preferences = this.mirror.preferences;
    const places = this.locations;
    const liked = places.find((place) => place.id === preferences?.location);
    this.location = (liked ?? places[0])?.id ?? null;
    const views = this.mirror.hello?.views;
    if (views) {
      this.showing.named = views.named;
      this.templates.isShown = !views.hides_template;
      if (views.last) this.location = this.showing.take(views.last) ?? this.location;
    }
    this.date = this.today;
    // A small window belongs to the sheet: ten operatories fit into 1280 px without the rail.
    this.railOpen = preferences?.rail_open ?? globalThis.innerWidth >= 1400;
    this.inspectorOpen = preferences?.inspector_open ?? true;
    this.hourHeight = preferences?.hour_height ?? null;
    this.singleKeys = readSingleKeys();
    void this.show();
  }

  get locations(): LocationView[] {
    return this.mirror.roster.locations.filter((place) => place.is_active);
  }

  get place(): LocationView | null {
    return this.mirror.roster.locations.find((place) => place.id === this.location) ?? null;
  }

  sheet = $derived.by(() => (this.location ? this.mirror.sheet(this.location, this.date) : null));

  get today(): string {
    return this.mirror.clock.at(this.location)?.date ?? this.mirror.hello?.now.at[0]?.date ?? '';
  }

  /** Now in minutes of a day somewhere; null: another day. */
  nowAt({ location, date }: { location: string; date: string }): number | null {
    const now = this.mirror.clock.at(location);
    return now && now.date === date ? now.minute : null;
  }

  /** Where the cursor is, apart from any grid. */
  get spot(): Spot | null {
    return this.showing.spot(this.cursor);
  }

  /** What the column under the cursor is: a chair is not whoever usually works there. */
  get targetHere(): BlockTarget | null {
    const column = this.cursor && this.showing.column(this.cursor.column);
    if (!column || (column.kind !== 'provider' && column.location !== this.location)) return null;
    return { kind: column.kind, id: column.of };
  }

  /** Who works in the column under the cursor. */
  get providerHere(): string | null {
    const column = this.cursor && this.showing.column(this.cursor.column);
    return column ? column.provider : null;
  }

  /** Puts the cursor there, if it is on the grid. */
  pointAt(spot: Spot): void {
    const column = this.showing.find.homeOf({ ...spot, operatory: spot.operatory ?? '', provider: spot.provider ?? '' });
    if (column !== undefined) this.cursor = { column, minute: spot.minute, ...(spot.later ? { later: true } : {}) };
  }

  get density(): 'dense' | 'comfortable' {
    return this.mirror.preferences?.density === 'comfortable' ? 'comfortable' : 'dense';
  }

  get pixelsPerHour(): number {
    return this.hourHeight ?? (this.density === 'dense' ? 96 : 120);
  }

  selectedCard = $derived.by((): AppointmentCard | null => {
    const id = this.selected;
    if (!id) return null;
    return this.showing.card(id) ?? this.mirror.card(id);
  });

  /** Why the person here may not do it; null if they may. */
  lacks(need: Need | undefined): string | null {
    return lacking(need, this.mirror.session);
  }

  /** A patient's name as cards and lists show it now. */
  nameOf(name: string): string {
    return this.mirror.isPrivate ? initialsOf(name) : name;
  }

  #covered = new WeakMap<AppointmentCard, AppointmentCard>();

  /** The card as it is shown now; the same card is the same object each time. */
  shown(card: AppointmentCard): AppointmentCard {
    if (!this.mirror.isPrivate) return card;
    const known = this.#covered.get(card);
    if (known) return known;
    const covered = { ...card, patient_name: initialsOf(card.patient_name) };
    this.#covered.set(card, covered);
    return covered;
  }

  /** The days as they are shown now. */
  shownSheets = $derived.by((): readonly DaySheet[] => {
    const { sheets } = this.showing;
    if (!this.mirror.isPrivate) return sheets;
    return sheets.map((sheet) => ({ ...sheet, appointments: sheet.appointments.map((card) => this.shown(card)) }));
  });

  get hasInspector(): boolean {
    return this.panel.kind !== 'none' || this.selected !== null;
  }

  async show(): Promise<void> {
    if (this.location && this.date) await this.showing.show();
  }

  goTo(date: string): void {
    if (date === this.date) return;
    this.date = date;
    if (!this.moving) this.#dropSelection();
    this.say(t('announce-day', { date: this.titleOf(date) }));
    void this.show();
  }

  step(days: number): void {
    this.goTo(addDays(this.date, days));
  }

  /** A page on or back: a day, a week or a month, whatever is shown. */
  turn(pages: number): void {
    this.goTo(this.showing.paged(pages));
  }

  /** `Tue 3 Mar 2026`, `2 to 8 March 2026`, `March 2026`. */
  titleOf(date: string, isLong = false): string {
    switch (this.showing.span) {
      case 'day':
        return isLong ? longDateWords(date) : dateWords(date);
      case 'week':
      case 'list': {
        const week = weekOf(date);
        return t('week-title', { from: dateWords(week[0] ?? date).slice(4, -5), until: dateWords(week[6] ?? date).slice(4) });
      }
      case 'month':
        return monthWords(date);
    }
  }

  setSpan(span: ViewSpan): void {
    if (span === this.showing.span && this.page === 'calendar') return;
    this.page = 'calendar';
    this.#look(() => (this.showing.span = span));
    this.say(t('announce-view', { view: t(`span-${span}`), date: this.titleOf(this.date) }));
  }

  setBy(by: ViewBy): void {
    this.#look(() => (this.showing.by = by));
    this.say(t('announce-by', { by: t(`by-${by}`) }));
  }

  /** Changes which columns there are; what was looked at before is kept for the next start. */
  choose(change: Partial<Pick<Showing, 'beside' | 'operatories' | 'providers' | 'incrementMinutes'>>): void {
    this.#look(() => Object.assign(this.showing, change));
  }

  /** Shows a view that has a name. */
  takeView(named: NamedView): void {
    this.page = 'calendar';
    this.#look(() => {
      const place = this.showing.take(named.view);
      if (place !== null && place !== this.location) this.location = place;
    });
    this.say(t('announce-view', { view: named.name, date: this.titleOf(this.date) }));
  }

  /** Keeps what is looked at now under a name and a function key. */
  async nameView(key: number, name: string): Promise<void> {
    await this.#saveViews([...this.showing.named.filter((one) => one.key !== key), { key, name, view: this.showing.now }]);
  }

  async forgetView(key: number): Promise<void> {
    await this.#saveViews(this.showing.named.filter((one) => one.key !== key));
  }

  async #saveViews(named: readonly NamedView[]): Promise<void> {
    const kept = await this.mirror.desk.call('save_views', { last: this.showing.now, named: [...named], hides_template: !this.templates.isShown });
    this.showing.named = kept.named;
  }

  #look(change: () => void): void {
    change();
    // A card that is in the hand stays there; what was chosen may be out of sight now.
    this.cursor = null;
    void this.show();
    this.keepViewSoon();
  }

  /** How a person looks at the calendar, once a burst of changes is over. */
  keepViewSoon(): void {
    clearTimeout(this.#viewing);
    this.#viewing = setTimeout(() => this.#keepView(), 300);
  }

  /** Set while a view waits to be kept. */
  #viewing: ReturnType<typeof setTimeout> | undefined;

  #keepView(): void {
    clearTimeout(this.#viewing);
    this.#viewing = undefined;
    const last: AppointmentView = this.showing.now;
    // As with preferences: not worth an interruption.
    this.mirror.desk.call('save_views', { last, named: [...this.showing.named], hides_template: !this.templates.isShown }).catch(() => {});
  }

  goToLocation(id: string): void {
    if (id === this.location) return;
    this.location = id;
    // One of those beside it comes first; any other stands alone.
    this.showing.beside = this.showing.beside.includes(id) ? this.showing.beside : [];
    this.#dropSelection();
    this.cursor = null;
    void this.show();
    this.keepPreferences();
    this.keepViewSoon();
    const place = this.place;
    if (place) this.say(t('announce-location', { name: place.name }));
  }

  /** Shows a visit where it is, chosen. */
  async reveal(card: { id: string; location: string; date: string }): Promise<void> {
    // On the patient-flow board, who is here today is in sight already.
    if (this.page === 'flow' && card.location === this.location && card.date === this.today) {
      this.selected = card.id;
      requestAnimationFrame(() => this.grid?.revealCard(card.id));
      return;
    }
    this.page = 'calendar';
    const { showing } = this;
    // A month shows no single visit.
    if (showing.span === 'month') this.setSpan('day');
    if (!showing.locations.some((place) => place.id === card.location)) this.goToLocation(card.location);
    if (!showing.dates.includes(card.date)) this.goTo(card.date);
    await this.show();
    const found = this.mirror.card(card.id);
    // It is in none of the columns that were chosen.
    if (found && showing.isChosen && showing.find.columnOf(found) === undefined) this.choose({ operatories: [], providers: [] });
    this.selected = card.id;
    // The sheet draws its cards after this turn.
    requestAnimationFrame(() => this.grid?.revealCard(card.id));
  }

  /** The chosen visit's note is to be written: its field takes the focus as soon as it is there. */
  writeNote(): void {
    this.inspectorOpen = true;
    // Where something else stands in the note's place, the focus is not to jump once that is closed.
    this.noteDue = this.panel.kind === 'none' ? this.selected : null;
  }

  select(id: string | null): void {
    this.selected = id;
    this.noteDue = null;
    if (id === null) return;
    if (this.panel.kind === 'patient' || (this.panel.kind === 'booking' && !this.panel.booking.isUnderWay)) {
      this.panel = { kind: 'none' };
    }
  }

  startBooking(spot: Spot | null, length: number | null = null): Booking {
    this.page = 'calendar';
    if (this.panel.kind === 'booking') {
      if (spot) void this.panel.booking.putAt(spot, length);
      this.focusInspector();
      return this.panel.booking;
    }
    const booking = new Booking(this.mirror, this.location, this.date);
    if (spot) void booking.putAt(spot, length);
    this.panel = { kind: 'booking', booking };
    this.inspectorOpen = true;
    return booking;
  }

  /** Begins a booking for several patients, with the first of them if somebody is known. */
  startFamily(patient: ChosenPatient | null): void {
    this.page = 'calendar';
    const family = new FamilyBooking(this.mirror, this.location);
    if (patient) family.add(patient);
    this.panel = { kind: 'family', family };
    this.inspectorOpen = true;
    this.focusInspector();
  }

  /** The day on the screen as it was: nothing of today is chosen while one looks at it, or a key would change that. */
  openPast(): void {
    this.select(null);
    this.panel = { kind: 'none' };
    this.moving = null;
    this.swapping = null;
    this.page = 'past';
  }

  /** Back to the calendar from another page. */
  leavePage(): void {
    this.page = 'calendar';
    this.focusGrid();
  }

  closePanel(): void {
    this.panel = { kind: 'none' };
    this.focusGrid();
  }

  openPatient(id: string): void {
    this.selected = null;
    this.panel = { kind: 'patient', id };
    this.inspectorOpen = true;
    this.focusInspector();
  }

  openConflicts(): void {
    if (!this.allows('booking:view_calendar')) return;
    this.panel = { kind: 'conflicts' };
    this.inspectorOpen = true;
    // A failure leaves the older cards.
    this.mirror.askConflicts().catch(() => {});
    this.focusInspector();
  }

  openPinboard(): void {
    if (!this.allows('booking:view_calendar')) return;
    this.panel = { kind: 'pinboard' };
    this.inspectorOpen = true;
    this.focusInspector();
  }

  closeDialog(): void {
    this.dialog = null;
  }

  focusGrid(): void {
    whenDrawn(() => {
      if (this.grid) this.grid.focus();
      else this.#isFocusDue = true;
    });
  }

  /** Only if nothing has the focus once all that was begun now is done; whatever asks for it until then has it. */
  focusGridIfNowhere(): void {
    setTimeout(() => {
      if (document.activeElement !== null && document.activeElement !== document.body) return;
      if (this.grid) this.grid.focus();
      else this.#isFocusDue = true;
    });
  }

  /** The sheet is there, or not while a day is fetched. Whoever sent the focus there meanwhile gets it, if it is nowhere else. */
  setGrid(grid: GridHandle | null): void {
    this.grid = grid;
    if (!grid || !this.#isFocusDue) return;
    this.#isFocusDue = false;
    if (document.activeElement === null || document.activeElement === document.body) grid.focus();
  }

  focusInspector(): void {
    whenDrawn(() => {
      const inspector = document.querySelector<HTMLElement>('[data-part="inspector"]');
      const first = inspector?.querySelector<HTMLElement>('[data-first-focus]') ?? inspector;
      first?.focus();
    });
  }

  /** Says why not, once, where it can be read and heard. */
  #explain(need: Need, reason: string): void {
    const isPermission = need.startsWith('booking:');
    const hint = isPermission ? t('may-not-hint') : '';
    const wayOut = isPermission
      ? { label: t('action-emergency'), run: () => void (this.dialog = { kind: 'emergency' }) }
      : wantsPassphrase(need)
        ? { label: t('action-choose-passphrase'), run: () => void (this.dialog = { kind: 'passphrase' }) }
        : null;
    this.toasts.close(this.#explained);
    this.#explained = this.toasts.show('trouble', reason, hint, wayOut);
    this.alarm(`${reason} ${hint}`.trim());
  }

  #explained = 0;

  /** Whether the person may; if not, they hear why. */
  allows(need: Need | undefined): boolean {
    const reason = this.lacks(need);
    if (need && reason) this.#explain(need, reason);
    return reason === null;
  }

  say(text: string): void {
    // The same words twice are read twice only if the region changes.
    this.polite = this.polite === text ? `${text} ` : text;
  }

  alarm(text: string): void {
    this.assertive = this.assertive === text ? `${text} ` : text;
  }

  /** Says that something was done, where it can be read and heard. */
  tellDone(words: string): void {
    this.toasts.show('done', words);
    this.say(words);
  }

  /** Days on which something that was done with many could not be done. */
  tellLeftOut(leftOut: LeftOutView[]): void {
    if (leftOut.length === 0) return;
    const days = leftOut.slice(0, 5).map((day) => `${dateWords(day.date)}: ${day.why}`);
    const words = t('blocks-left-out', { count: leftOut.length });
    this.toasts.show('trouble', words, days.join('; '));
    this.alarm(`${words} ${days.join('; ')}`);
  }

  noteSaved(): void {
    this.savedAt = this.mirror.clock.momentNow(this.location);
  }

  zoom(steps: number): void {
    if (steps === 0) this.hourHeight = null;
    else {
      const at = HOUR_HEIGHTS.findIndex((height) => height >= this.pixelsPerHour);
      const next = Math.min(HOUR_HEIGHTS.length - 1, Math.max(0, (at < 0 ? HOUR_HEIGHTS.length - 1 : at) + steps));
      this.hourHeight = HOUR_HEIGHTS[next] ?? null;
    }
    this.keepPreferences();
  }

  toggleRail(): void {
    this.railOpen = !this.railOpen;
    this.keepPreferences();
  }

  toggleInspector(): void {
    this.inspectorOpen = !this.inspectorOpen;
    this.keepPreferences();
  }

  setSingleKeys(on: boolean): void {
    this.singleKeys = on;
    writeSingleKeys(on);
  }

  /** Keeps how this workstation likes its screen, once a burst of changes is over. */
  keepPreferences(changes: Partial<Preferences> = {}): void {
    const now: Preferences = {
      theme: this.mirror.preferences?.theme || 'system',
      density: this.density,
      location: this.location,
      rail_open: this.railOpen,
      inspector_open: this.inspectorOpen,
      hour_height: this.hourHeight,
      is_private: this.mirror.isPrivate,
      more_contrast: this.mirror.preferences?.more_contrast ?? null,
      ...changes,
    };
    this.mirror.preferences = now;
    this.#unkept = now;
    clearTimeout(this.#keeping);
    this.#keeping = setTimeout(() => this.keepNow(), 300);
  }

  /** Keeps what waits: the next moment nobody may sit here any more. */
  keepNow(): void {
    clearTimeout(this.#keeping);
    if (this.#viewing !== undefined) this.#keepView();
    const now = this.#unkept;
    this.#unkept = null;
    // A preference that could not be kept is not worth an interruption; it is asked for again at the next start.
    if (now) this.mirror.desk.call('set_preferences', now).catch(() => {});
  }

  openSettings(page: SettingsPage): void {
    this.settingsPage = page;
    this.page = 'settings';
  }

  #dropSelection(): void {
    this.selected = null;
    if (this.panel.kind === 'patient') this.panel = { kind: 'none' };
  }
}

const SINGLE_KEYS = 'orca.single-keys';
const readSingleKeys = (): boolean => globalThis.localStorage?.getItem(SINGLE_KEYS) !== 'off';
const writeSingleKeys = (on: boolean): void => globalThis.localStorage?.setItem(SINGLE_KEYS, on ? 'on' : 'off');

const VIEW = Symbol('view');
export const provideView = (view: View): View => setContext(VIEW, view);
export const useView = (): View => getContext<View>(VIEW);

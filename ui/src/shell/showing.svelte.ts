/** What of the calendar is looked at: how many days, which columns, where; and a person's named views on function keys. */

import type { AppointmentCard, AppointmentView, DaySheet, LocationView, NamedView, ViewBy, ViewSpan } from '../desk/api';
import type { Mirror } from '../desk/mirror.svelte';
import { type Column, finder, type Finder } from '../schedule/columns';
import { addDays, addMonths } from '../shared/dates';
import type { WallPlace } from './clock-setting';
import { columnsOf, datesOf, firstView, type Spot, spotAt } from './columns-of';

/** Where the window is: read when it is needed. */
interface Around {
  readonly mirror: Mirror;
  readonly location: string | null;
  readonly date: string;
}

export class Showing {
  readonly #around: Around;

  span = $state<ViewSpan>('day');
  by = $state<ViewBy>('operatory');
  /** Other locations beside the one in the bar. */
  beside = $state.raw<readonly string[]>([]);
  operatories = $state.raw<readonly string[]>([]);
  providers = $state.raw<readonly string[]>([]);
  incrementMinutes = $state<number | null>(null);
  named = $state.raw<readonly NamedView[]>([]);

  constructor(around: Around) {
    this.#around = around;
  }

  readonly dates = $derived.by(() => datesOf(this.span, this.#around.date));
  readonly locations = $derived.by((): LocationView[] => {
    const { mirror, location } = this.#around;
    const ids = [location, ...this.beside.filter((id) => id !== location)];
    return ids.flatMap((id) => mirror.roster.locations.filter((place) => place.id === id));
  });
  /** Every day and place on the screen, as far as it is here. */
  readonly sheets = $derived.by((): DaySheet[] =>
    this.dates.flatMap((date) => this.locations.flatMap((place) => this.#around.mirror.sheet(place.id, date) ?? [])),
  );
  readonly isComplete = $derived(this.sheets.length === this.dates.length * this.locations.length);
  readonly columns = $derived.by((): Column[] =>
    columnsOf({
      view: { by: this.by, operatories: [...this.operatories], providers: [...this.providers] },
      dates: this.dates,
      locations: this.locations,
      roster: this.#around.mirror.roster,
      sheetOf: (location, date) => this.#around.mirror.sheet(location, date),
    }),
  );
  readonly find = $derived.by((): Finder => finder(this.columns));
  readonly increment = $derived.by(() => this.incrementMinutes ?? this.#around.mirror.practice?.time_increment_minutes ?? 10);
  /** Fewer columns than there could be. */
  readonly isChosen = $derived(
    (this.by === 'operatory' && this.operatories.length > 0) || (this.by === 'provider' && this.providers.length > 0),
  );
  /** As it is now, to be kept. */
  readonly now = $derived.by((): AppointmentView => ({
    span: this.span,
    by: this.by,
    locations: this.locations.map((place) => place.id),
    operatories: [...this.operatories],
    providers: [...this.providers],
    increment_minutes: this.incrementMinutes,
  }));

  /** Looks at this from now on; answers the location that it puts first. */
  take(view: AppointmentView): string | null {
    this.span = view.span;
    this.by = view.by;
    this.operatories = view.operatories;
    this.providers = view.providers;
    this.incrementMinutes = view.increment_minutes;
    const known = view.locations.filter((id) => this.#around.mirror.roster.locations.some((place) => place.id === id && place.is_active));
    this.beside = known.slice(1);
    return known[0] ?? null;
  }

  reset(): void {
    this.take({ ...firstView(this.#around.location), span: this.span });
  }

  /** The visit, if it is on one of the sheets. */
  card(id: string): AppointmentCard | null {
    for (const sheet of this.sheets) {
      const card = sheet.appointments.find((one) => one.id === id);
      if (card) return card;
    }
    return null;
  }

  column(id: string): Column | null {
    return this.columns.find((one) => one.id === id) ?? null;
  }

  /** Where somebody books who points there. */
  spot(place: WallPlace | null): Spot | null {
    const column = place && this.column(place.column);
    if (!column || !place) return null;
    const { mirror } = this.#around;
    const spot = spotAt(column, place.minute, mirror.roster, mirror.sheet(column.location, column.date));
    return place.later ? { ...spot, later: true } : spot;
  }

  /** The day that a page further (or back) begins with. */
  paged(pages: number): string {
    const { date } = this.#around;
    switch (this.span) {
      case 'day':
        return addDays(date, pages);
      case 'week':
      case 'list':
        return addDays(date, 7 * pages);
      case 'month':
        return addMonths(date, pages);
    }
  }

  /** Brings what is looked at onto the screen, and the next pages near at hand. */
  async show(): Promise<void> {
    const { mirror } = this.#around;
    const near = [1, -1].flatMap((pages) => datesOf(this.span, this.paged(pages)));
    await mirror.showDays(this.locations.map((place) => place.id), this.dates, near);
  }

  /** Why a day could not be had. */
  get failure() {
    const { mirror } = this.#around;
    for (const place of this.locations) {
      for (const date of this.dates) {
        const failure = mirror.failure(place.id, date);
        if (failure) return failure;
      }
    }
    return null;
  }

  /** The view on a function key. */
  onKey(key: number): NamedView | null {
    return this.named.find((one) => one.key === key) ?? null;
  }
}

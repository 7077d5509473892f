/** Which columns an appointment view has on given days. Pure. */

import type { AppointmentView, DaySheet, LocationView, RosterView, ViewBy, ViewSpan } from '../desk/api';
import type { Column } from '../schedule/columns';
import { addDays, dayMonthWords, monthGrid, weekday } from '../shared/dates';

export const SPANS: readonly ViewSpan[] = ['day', 'week', 'month', 'list'];

/** A week is shown from Monday. */
export const weekOf = (date: string): string[] => {
  const monday = addDays(date, -weekday(date));
  return Array.from({ length: 7 }, (_, at) => addDays(monday, at));
};

/** The days that a view needs sheets of; a month is shown by its densities. */
export function datesOf(span: ViewSpan, date: string): string[] {
  switch (span) {
    case 'day':
      return [date];
    case 'week':
    case 'list':
      return weekOf(date);
    case 'month':
      return [];
  }
}

/** First and last day that a month's view shows. */
export function monthSpan(date: string): { from: string; until: string } {
  const days = monthGrid(date);
  return { from: days[0] ?? date, until: days[days.length - 1] ?? date };
}

interface Given {
  view: Pick<AppointmentView, 'by' | 'operatories' | 'providers'>;
  dates: readonly string[];
  locations: readonly LocationView[];
  roster: RosterView;
  sheetOf: (location: string, date: string) => DaySheet | null;
}

/** A closed day without visits is left out where several are shown: its columns would only push the others aside. */
const isWorthShowing = (sheet: DaySheet | null): boolean =>
  sheet !== null && (sheet.open.length > 0 || sheet.appointments.length > 0);

export function columnsOf(given: Given): Column[] {
  const { dates, locations, sheetOf } = given;
  const columns: Column[] = [];
  const worth = dates.filter((date) => locations.some((place) => isWorthShowing(sheetOf(place.id, date))));
  // A week in which nothing is open is still a week.
  const shown = dates.length > 1 && worth.length > 0 ? worth : dates;
  for (const date of shown) {
    for (const [at, place] of locations.entries()) {
      const before = [dates.length > 1 ? dayMonthWords(date) : '', locations.length > 1 ? place.name : ''].filter((part) => part !== '');
      // The same key for the same weekday of another week, so that the cursor stays where it is when the page turns.
      const day = dates.indexOf(date);
      for (const one of resources(given, place.id, sheetOf(place.id, date))) {
        columns.push({
          ...one,
          id: `${one.of}${day > 0 ? `+${day}` : ''}${one.kind === 'provider' && at > 0 ? `@${at}` : ''}`,
          location: place.id,
          date,
          words: [...before, one.name].join(', '),
        });
      }
    }
  }
  return columns;
}

type Resource = Pick<Column, 'kind' | 'of' | 'name' | 'provider'>;

function resources({ view, roster }: Given, location: string, sheet: DaySheet | null): Resource[] {
  const visits = sheet?.appointments ?? [];
  switch (view.by) {
    case 'operatory': {
      const busy = new Set(visits.map((card) => card.operatory));
      const here = roster.operatories.filter((one) => one.location === location && (one.is_active || busy.has(one.id)));
      return chosen(here, view.operatories).map((one) => ({
        kind: 'operatory',
        of: one.id,
        name: one.name,
        provider: one.usual_provider,
      }));
    }
    case 'provider': {
      const busy = new Set(visits.map((card) => card.provider));
      const isIn = new Set((sheet?.provider_hours ?? []).map((hours) => hours.provider));
      const here = roster.providers.filter((one) => (one.is_active && isIn.has(one.id)) || busy.has(one.id));
      return chosen(here, view.providers).map((one) => ({ kind: 'provider', of: one.id, name: one.short_name, provider: one.id }));
    }
    case 'location': {
      const place = roster.locations.find((one) => one.id === location);
      return [{ kind: 'location', of: location, name: place?.name ?? '', provider: null }];
    }
  }
}

/** Those of a choice that are here; all where nothing was chosen, or nothing of the choice is here at all. */
function chosen<T extends { id: string }>(here: readonly T[], ids: readonly string[]): T[] {
  if (ids.length === 0) return [...here];
  const wanted = new Set(ids);
  return here.filter((one) => wanted.has(one.id));
}

/** A place in the calendar, apart from any grid. */
export interface Spot {
  location: string;
  date: string;
  minute: number;
  /** The clock shows that minute twice on that day, and the second is meant. */
  later?: boolean;
  operatory: string | null;
  provider: string | null;
}

/**
 * Where one books who points at a column: its operatory; in a provider's or a location's column a free operatory, the provider's
 * usual one before others.
 */
export function spotAt(column: Column, minute: number, roster: RosterView, sheet: DaySheet | null): Spot {
  const { location, date } = column;
  if (column.kind === 'operatory') return { location, date, minute, operatory: column.of, provider: null };
  const here = roster.operatories.filter((one) => one.location === location && one.is_active);
  const taken = new Set(
    (sheet?.appointments ?? [])
      .filter((card) => card.status !== 'cancelled' && card.status !== 'no_show')
      .filter((card) => card.start_minute <= minute && minute < card.start_minute + card.length_minutes)
      .map((card) => card.operatory),
  );
  const usual = column.provider === null ? [] : here.filter((one) => one.usual_provider === column.provider);
  const order = [...usual, ...here.filter((one) => !usual.includes(one))];
  const operatory = order.find((one) => !taken.has(one.id)) ?? order[0];
  return { location, date, minute, operatory: operatory?.id ?? null, provider: column.provider };
}

/** Where a visit goes that is dropped on a column: another operatory, another provider, or only another time. */
export function destinationOf(
  column: Column,
  card: { operatory: string; location: string },
  spot: Spot,
): { operatory: string; provider: string | null } {
  if (column.kind === 'operatory') return { operatory: column.of, provider: null };
  const stays = card.location === column.location;
  return { operatory: stays ? card.operatory : (spot.operatory ?? card.operatory), provider: column.kind === 'provider' ? column.of : null };
}

/** What is looked at before anybody chose: the day by operatory. */
export const firstView = (location: string | null): AppointmentView => ({
  span: 'day',
  by: 'operatory',
  locations: location === null ? [] : [location],
  operatories: [],
  providers: [],
  increment_minutes: null,
});

export const KINDS: readonly ViewBy[] = ['operatory', 'provider', 'location'];

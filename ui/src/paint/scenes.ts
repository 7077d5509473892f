/** The scenes that are painted for figures: the same for us and for those we measure ourselves against. Invented, from a seed. */

import type { AppointmentCard, DayDensity, DaySheet, RosterView } from '../desk/api';
import { type Column } from '../schedule/columns';
import { busyDay, dice, LOCATION, roster as rosterOf } from '../schedule/stories/fixtures';
import { addDays, dayMonthWords, monthGrid } from '../shared/dates';

export const MONDAY = '2026-11-23';
export const MONTH = '2026-11-15';
export const COLUMNS = 12;

export interface Scene {
  sheets: DaySheet[];
  columns: Column[];
  roster: RosterView;
}

function sheetsOf(days: number, visits: number): DaySheet[] {
  return Array.from({ length: days }, (_, at) => {
    const date = addDays(MONDAY, at);
    const sheet = busyDay(COLUMNS, visits, 642, 7 + at);
    const own = (card: AppointmentCard): AppointmentCard => ({ ...card, id: `${date}-${card.id}`, date });
    return { ...sheet, date, appointments: sheet.appointments.map(own) };
  });
}

/** So many days side by side. */
export function grid(days: number, visits: number): Scene {
  const roster = rosterOf(COLUMNS);
  const sheets = sheetsOf(days, visits);
  const columns = sheets.flatMap(({ date }, at) =>
    roster.operatories.map((one): Column => ({
      id: at === 0 ? one.id : `${one.id}+${at}`,
      kind: 'operatory',
      of: one.id,
      location: LOCATION,
      date,
      name: one.name,
      words: days > 1 ? `${dayMonthWords(date)}, ${one.name}` : one.name,
      provider: one.usual_provider,
    })),
  );
  return { sheets, columns, roster };
}

/** Six weeks with about `visits` in all: what each day's density is. */
export function month(visits: number): DayDensity[] {
  const roll = dice(11);
  return monthGrid(MONTH).map((date, at): DayDensity => {
    const isOpen = at % 7 < 5;
    const many = isOpen ? Math.round(visits / 30) - 8 + roll(17) : 0;
    return {
      date,
      visits: many,
      booked_minutes: many * 40,
      capacity_minutes: isOpen ? COLUMNS * 540 : 0,
      has_conflict: roll(12) === 0,
      parts: [],
    };
  });
}

/** A visit as any calendar takes it. `lane` says which of a day's columns. */
export interface PlainEvent {
  id: string;
  title: string;
  date: string;
  lane: number;
  start: string;
  end: string;
}

const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}:00`;

export function plainEvents(scene: Scene): PlainEvent[] {
  const lanes = new Map(scene.roster.operatories.map((one, at) => [one.id, at]));
  return scene.sheets.flatMap((sheet) =>
    sheet.appointments.map((card) => ({
      id: card.id,
      title: card.patient_name,
      date: card.date,
      lane: lanes.get(card.operatory) ?? 0,
      start: clock(card.start_minute),
      end: clock(card.start_minute + card.length_minutes),
    })),
  );
}

/** The month's visits one by one, for calendars that paint each. */
export function plainMonth(visits: number): PlainEvent[] {
  return month(visits).flatMap((day) =>
    Array.from({ length: day.visits }, (_, at) => {
      const start = 480 + (at % 48) * 10;
      return { id: `${day.date}-${at}`, title: `Rivera, Ana ${at}`, date: day.date, lane: at % COLUMNS, start: clock(start), end: clock(start + 40) };
    }),
  );
}

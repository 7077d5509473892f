/**
 * A template on the calendar's grid: its slots as cards, its weekdays as days. A template has no dates, so its week lies on
 * one of its own, whose Monday is any Monday. Pure.
 */

import type { AppointmentCard, AppointmentTypeView, DaySheet, OperatoryView, RosterView, SlotFields, SlotWants, TemplateSlotView, Weekday, WorkingHours } from '../desk/api';
import type { Column } from '../schedule/columns';
import { addDays, weekday, WEEKDAYS } from '../shared/dates';

const MONDAY = '2001-01-01';

/** The day of the template's own week; a day template has one day only. */
export const dateOf = (day: Weekday | null | undefined): string => addDays(MONDAY, day ? WEEKDAYS.indexOf(day) : 0);
export const weekdayOn = (date: string): Weekday => WEEKDAYS[weekday(date)]!;

export const LONG_WEEKDAYS: Record<Weekday, string> = {
  monday: 'Monday',
  tuesday: 'Tuesday',
  wednesday: 'Wednesday',
  thursday: 'Thursday',
  friday: 'Friday',
  saturday: 'Saturday',
  sunday: 'Sunday',
};

export const endOf = (slot: Pick<SlotFields, 'start_minute' | 'length_minutes'>): number => slot.start_minute + slot.length_minutes;

/** The type that a slot is drawn and measured by: its own, or the first of its class. */
export function typeOf(wants: SlotWants, roster: RosterView): AppointmentTypeView | undefined {
  switch (wants.kind) {
    case 'any':
      return undefined;
    case 'type':
      return roster.appointment_types.find((type) => type.id === wants.id);
    case 'class':
      return roster.appointment_types.find((type) => type.is_active && type.class === wants.name);
  }
}

/** Columns of some days: operatories, day by day. In a day template one day without a name. */
export function columnsOf(days: readonly (Weekday | null)[], operatories: readonly OperatoryView[], dayWords: (day: Weekday) => string): Column[] {
  return days.flatMap((day) =>
    operatories.map((operatory) => ({
      id: day ? `${day}|${operatory.id}` : operatory.id,
      kind: 'operatory' as const,
      of: operatory.id,
      location: operatory.location,
      date: dateOf(day),
      name: operatory.name,
      words: day ? `${dayWords(day)}, ${operatory.name}` : operatory.name,
      provider: operatory.usual_provider,
    })),
  );
}

const minuteOf = (time: string): number => +time.slice(0, 2) * 60 + +time.slice(3, 5);

/** Hours of one weekday somewhere. A day template may be applied on any: it gets the longest of them. */
export function hoursOn(hours: readonly WorkingHours[], location: string, day: Weekday | null): { from: number; until: number }[] {
  const spans = (one: Weekday): { from: number; until: number }[] =>
    hours
      .filter((span) => span.location === location && span.weekday === one)
      .map((span) => ({ from: minuteOf(span.from), until: minuteOf(span.until) }));
  if (day) return spans(day);
  const sum = (list: readonly { from: number; until: number }[]): number => list.reduce((all, one) => all + one.until - one.from, 0);
  return WEEKDAYS.map(spans).reduce((longest, one) => (sum(one) > sum(longest) ? one : longest), []);
}

/** A slot as the grid holds it. `problems`: it is part of one. */
export function cardOf({ id, slot, wants_words }: TemplateSlotView, location: string, roster: RosterView, hasProblem: boolean): AppointmentCard {
  const type = typeOf(slot.wants, roster);
  return {
    id,
    patient: '',
    // The name that gestures and the keyboard say.
    patient_name: slot.label || wants_words,
    appointment_type: type?.id ?? '',
    provider: slot.provider ?? '',
    operatory: slot.operatory,
    location,
    date: dateOf(slot.weekday),
    start_minute: slot.start_minute,
    length_minutes: slot.length_minutes,
    // Without a kind of visit nobody can say when the doctor is needed.
    // A slot longer than its visit leaves the rest to nobody.
    pattern: type ? type.pattern.slice(0, slot.length_minutes / 5).padEnd(slot.length_minutes / 5, '/') : '/',
    status: 'scheduled',
    doctor_needed: false,
    is_asap: false,
    has_note: false,
    has_alert: false,
    is_first_visit: false,
    arrived_at: null,
    seated_at: null,
    conflicts: hasProblem ? ['problem'] : [],
  };
}

/** The days of a template as the grid's sheets. */
export function sheetsOf(days: readonly (Weekday | null)[], location: string, roster: RosterView, cards: readonly AppointmentCard[]): DaySheet[] {
  const place = roster.locations.find((one) => one.id === location);
  return days.map((day) => {
    const date = dateOf(day);
    return {
      location,
      date,
      open: hoursOn(place?.hours ?? [], location, day),
      appointments: cards.filter((card) => card.date === date),
      blocks: [],
      provider_hours: roster.providers.map((provider) => ({ provider: provider.id, spans: hoursOn(provider.hours, location, day) })),
    };
  });
}

/** Where a slot is after it was put down in a column. */
export function movedTo(slot: SlotFields, column: Column, minute: number, isWeek: boolean, roster: RosterView): SlotFields {
  const was = roster.operatories.find((one) => one.id === slot.operatory);
  const is = roster.operatories.find((one) => one.id === column.of);
  // Whoever usually works in the chair goes with the chair; anybody else stays who they are.
  const provider = slot.provider && slot.provider === was?.usual_provider ? (is?.usual_provider ?? slot.provider) : slot.provider;
  return { ...slot, weekday: isWeek ? weekdayOn(column.date) : null, operatory: column.of, start_minute: minute, provider };
}

/** How a whole group moves when one of it is put down elsewhere; null where one would leave the grid. */
export function movedTogether(
  slots: readonly TemplateSlotView[],
  anchor: TemplateSlotView,
  to: Column,
  minute: number,
  columns: readonly Column[],
  isWeek: boolean,
  roster: RosterView,
): { id: string; slot: SlotFields }[] | null {
  const indexOf = (slot: SlotFields): number => columns.findIndex((column) => column.of === slot.operatory && column.date === dateOf(slot.weekday));
  const across = columns.findIndex((column) => column.id === to.id) - indexOf(anchor.slot);
  const down = minute - anchor.slot.start_minute;
  const moved: { id: string; slot: SlotFields }[] = [];
  for (const { id, slot } of slots) {
    const column = columns[indexOf(slot) + across];
    const start = slot.start_minute + down;
    if (!column || indexOf(slot) < 0 || start < 0 || start + slot.length_minutes > 1440) return null;
    moved.push({ id, slot: movedTo(slot, column, start, isWeek, roster) });
  }
  return moved;
}

const meet = (a: SlotFields, b: SlotFields): boolean =>
  a.operatory === b.operatory && (a.weekday ?? null) === (b.weekday ?? null) && a.start_minute < endOf(b) && b.start_minute < endOf(a);

/** The first free time from a slot's end on in its column, or null on a full day. */
export function roomAfter(slot: SlotFields, all: readonly SlotFields[], until = 1440): number | null {
  let start = endOf(slot);
  while (start + slot.length_minutes <= until) {
    const wish = { ...slot, start_minute: start };
    const inTheWay = all.find((other) => meet(wish, other));
    if (!inTheWay) return start;
    start = endOf(inTheWay);
  }
  return null;
}

export interface FillPreview {
  starts: number[];
  /** Times that something else already takes. */
  taken: number[];
}

/** What filling would add on the slot's own day. The desk has the last word. */
export function fillPreview(slot: SlotFields, all: readonly SlotFields[], until: number, gap: number): FillPreview {
  const preview: FillPreview = { starts: [], taken: [] };
  const step = slot.length_minutes + gap;
  if (slot.length_minutes <= 0 || step <= 0) return preview;
  for (let start = slot.start_minute; start + slot.length_minutes <= until; start += step) {
    const wish = { ...slot, start_minute: start };
    if (all.some((other) => meet(wish, other))) preview.taken.push(start);
    else preview.starts.push(start);
  }
  return preview;
}

/**
 * Sheets of the wall onto the grid's axis and back. On a day on which the clock is not set everything stays the object that it is, so
 * that nothing is drawn again for it.
 */

import type { AppointmentCard, DayClock, DaySheet, MinuteSpan } from '../desk/api';
import { DayAxis } from '../schedule/geometry/day-axis';
import type { MoveMode, Place } from '../schedule/intents';
import { timeWords } from '../shared/dates';

/** A place of the wall: as the grid's own, and which of two equal times is meant. */
export interface WallPlace extends Place {
  later?: boolean;
}

export class ClockSetting {
  readonly axis: DayAxis;
  /** Of the days on the screen, by location and date. */
  readonly #clocks: ReadonlyMap<string, DayClock>;
  readonly #sheets = new WeakMap<DaySheet, DaySheet>();
  readonly #cards = new WeakMap<AppointmentCard, AppointmentCard>();
  readonly #walls = new WeakMap<AppointmentCard, AppointmentCard>();
  readonly #held = new WeakMap<MoveMode, MoveMode>();

  /** Of every day and place on the screen. */
  constructor(days: readonly Pick<DaySheet, 'location' | 'date' | 'clock'>[]) {
    this.axis = new DayAxis(days.map((day) => day.clock ?? null));
    this.#clocks = new Map(days.flatMap((day) => (day.clock ? [[`${day.location}|${day.date}`, day.clock] as const] : [])));
  }

  sheet(sheet: DaySheet): DaySheet {
    if (this.axis.isWall) return sheet;
    const known = this.#sheets.get(sheet);
    if (known) return known;
    const spans = (list: readonly MinuteSpan[]): MinuteSpan[] =>
      list.map((span) => this.#span(span.from, span.until)).filter((span) => span.from < span.until);
    const cut = <T extends { start_minute: number; length_minutes: number }>(piece: T): T => {
      const { from, until } = this.#span(piece.start_minute, piece.start_minute + piece.length_minutes);
      return { ...piece, start_minute: from, length_minutes: until - from };
    };
    const made: DaySheet = {
      ...sheet,
      open: spans(sheet.open),
      provider_hours: sheet.provider_hours.map((hours) => ({ ...hours, spans: spans(hours.spans) })),
      appointments: sheet.appointments.map((card) => this.card(card)),
      blocks: sheet.blocks.map(cut),
      ...(sheet.slots ? { slots: sheet.slots.map(cut) } : {}),
    };
    this.#sheets.set(sheet, made);
    return made;
  }

  #span(from: number, until: number): MinuteSpan {
    return { from: this.axis.at(from), until: this.axis.at(until) };
  }

  /** A visit lasts as long as it lasts: only its beginning is told by the wall. */
  card(card: AppointmentCard): AppointmentCard {
    if (this.axis.isWall) return card;
    const known = this.#cards.get(card);
    if (known) return known;
    const made = { ...card, start_minute: this.axis.at(card.start_minute, card.later_of_two) };
    this.#cards.set(card, made);
    this.#walls.set(made, card);
    return made;
  }

  /** What a day does not have of the axis. */
  missing(column: { location: string; date: string }): MinuteSpan[] {
    return this.#clocks.size === 0 ? [] : this.axis.missing(this.#clocks.get(`${column.location}|${column.date}`) ?? null);
  }

  place(place: WallPlace): Place {
    return this.axis.isWall ? place : { column: place.column, minute: this.axis.at(place.minute, place.later) };
  }

  /** The same thing with the wall's time in the place of the axis's. */
  wall<T extends { minute: number }>(place: T): T & { later?: boolean } {
    if (this.axis.isWall) return place;
    const { minute, later } = this.axis.wall(place.minute);
    return later ? { ...place, minute, later } : { ...place, minute };
  }

  moving(mode: MoveMode): MoveMode {
    if (this.axis.isWall) return mode;
    const known = this.#held.get(mode);
    if (known) return known;
    const made: MoveMode = { card: this.card(mode.card), ...(mode.at ? { at: this.place(mode.at) } : {}) };
    this.#held.set(mode, made);
    return made;
  }

  wallMoving(mode: MoveMode): MoveMode {
    if (this.axis.isWall) return mode;
    const made: MoveMode = { card: this.#walls.get(mode.card) ?? mode.card, ...(mode.at ? { at: this.wall(mode.at) } : {}) };
    // Asked for again it is the same object: the grid would take another for a change.
    this.#held.set(made, mode);
    return made;
  }

  /** `1:30`; where it comes twice, `1:30 EST`. */
  words(at: number): string {
    if (this.axis.isWall) return timeWords(at);
    const zone = this.axis.zone(at);
    const words = timeWords(this.axis.wall(at).minute);
    return zone === '' ? words : `${words} ${zone}`;
  }
}

/** How far each patient of a day has come, what to count for them, and what the front desk may want to do about it. Pure. */

import type { AppointmentCard, Status } from '../desk/api';
import { earlyOf } from '../shared/early';

export const STAGES = ['arriving', 'waiting', 'seated', 'doctor', 'finishing', 'left'] as const;
export type Stage = (typeof STAGES)[number];

/** Minutes after the time at which somebody should be here, which may be before the start, from which they count as late. */
export const LATE_AFTER = 5;
/** Minutes after the planned start from which *no-show* is suggested; never taken by itself. */
export const NO_SHOW_AFTER = 20;
/** Minutes before that time from which they are counted down. */
export const SOON = 60;
/** Minutes in the waiting room, counted from the planned start, that are too many. */
export const LONG_WAIT = 10;

const STAGE_OF: Record<Status, Stage | null> = {
  scheduled: 'arriving',
  confirmed: 'arriving',
  arrived: 'waiting',
  seated: 'seated',
  completed: 'finishing',
  checked_out: 'left',
  cancelled: null,
  no_show: null,
};

/** Null: does not come. */
export function stageOf(card: AppointmentCard): Stage | null {
  return card.status === 'seated' && card.doctor_needed ? 'doctor' : STAGE_OF[card.status];
}

/** The step that usually comes next, as the action that takes it; null: none. */
export const NEXT_ACTION: Record<Stage, string | null> = {
  arriving: 'arrived',
  waiting: 'seated',
  seated: 'done',
  doctor: 'done',
  finishing: 'checked-out',
  left: null,
};

/** What is counted for a patient. */
export interface Timing {
  kind: 'in' | 'late' | 'waits' | 'chair' | 'over' | 'done' | 'house';
  minutes: number;
  /** More than it should be. */
  isLong: boolean;
}

export interface Moment {
  /** Wall minute of the day at the location. */
  minute: number;
  /** Milliseconds since 1970. */
  instant: number;
}

const since = (from: string | null | undefined, until: number): number | null =>
  from ? Math.max(0, Math.floor((until - Date.parse(from)) / 60_000)) : null;

/** Null: there is nothing to count, such as for a visit that was only later entered as done. */
export function timingOf(card: AppointmentCard, now: Moment): Timing | null {
  const late = now.minute - card.start_minute;
  switch (stageOf(card)) {
    case 'arriving': {
      const overdue = late + earlyOf(card);
      if (overdue >= LATE_AFTER) return { kind: 'late', minutes: overdue, isLong: true };
      return -overdue > SOON ? null : { kind: 'in', minutes: Math.max(0, -overdue), isLong: false };
    }
    case 'waiting': {
      const minutes = since(card.arrived_at, now.instant);
      return minutes === null ? null : { kind: 'waits', minutes, isLong: minutes >= LONG_WAIT && late >= LONG_WAIT };
    }
    case 'seated':
    case 'doctor': {
      const minutes = since(card.seated_at, now.instant);
      if (minutes === null) return null;
      const over = minutes - card.length_minutes;
      return over > 0 ? { kind: 'over', minutes: over, isLong: true } : { kind: 'chair', minutes, isLong: false };
    }
    case 'finishing': {
      const minutes = since(card.completed_at, now.instant);
      return minutes === null ? null : { kind: 'done', minutes, isLong: minutes >= LONG_WAIT };
    }
    case 'left': {
      const left = card.checked_out_at;
      const minutes = left ? since(card.arrived_at, Date.parse(left)) : null;
      return minutes === null ? null : { kind: 'house', minutes, isLong: false };
    }
    case null:
      return null;
  }
}

/** Whether asking for *no-show* makes sense: the time has come and gone, or so has the whole visit. */
export function suggestsNoShow(card: AppointmentCard, now: Moment): boolean {
  return stageOf(card) === 'arriving' && now.minute - card.start_minute >= Math.min(NO_SHOW_AFTER, card.length_minutes);
}

export type Board = Record<Stage, AppointmentCard[]>;

/** The day's patients by stage; whoever waits longest, or is due first, stands first; who left last stands first. */
export function boardOf(cards: readonly AppointmentCard[]): Board {
  const board: Board = { arriving: [], waiting: [], seated: [], doctor: [], finishing: [], left: [] };
  for (const card of cards) {
    const stage = stageOf(card);
    if (stage) board[stage].push(card);
  }
  const by = (...keys: ((card: AppointmentCard) => string | number | null | undefined)[]) => (a: AppointmentCard, b: AppointmentCard): number => {
    for (const key of keys) {
      const [one, other] = [key(a) ?? '', key(b) ?? ''];
      if (one !== other) return one < other ? -1 : 1;
    }
    return a.id < b.id ? -1 : 1;
  };
  const start = (card: AppointmentCard) => card.start_minute;
  board.arriving.sort(by((card) => card.start_minute - earlyOf(card), start));
  board.waiting.sort(by((card) => card.arrived_at, start));
  board.seated.sort(by((card) => card.seated_at, start));
  board.doctor.sort(by((card) => card.seated_at, start));
  board.finishing.sort(by((card) => card.completed_at, start));
  board.left.sort(by((card) => card.checked_out_at, start)).reverse();
  return board;
}

/** Where an arrow key goes from a visit; the same visit at an edge. Columns without visits are passed over. */
export function stepTo(board: Board, from: string | null, key: string): string | null {
  const columns = STAGES.map((stage) => board[stage]).filter((cards) => cards.length > 0);
  const at = columns.findIndex((cards) => cards.some((card) => card.id === from));
  const column = columns[at];
  if (!column) return columns[0]?.[0]?.id ?? null;
  const row = column.findIndex((card) => card.id === from);
  const beside = (step: number): string => {
    const other = columns[at + step];
    return (other?.[Math.min(row, other.length - 1)] ?? column[row]!).id;
  };
  switch (key) {
    case 'ArrowDown':
      return column[Math.min(row + 1, column.length - 1)]!.id;
    case 'ArrowUp':
      return column[Math.max(row - 1, 0)]!.id;
    case 'ArrowRight':
      return beside(1);
    case 'ArrowLeft':
      return beside(-1);
    case 'Home':
      return column[0]!.id;
    case 'End':
      return column[column.length - 1]!.id;
    default:
      return from;
  }
}

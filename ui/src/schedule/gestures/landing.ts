/** Where a gesture would land if it ended now: what the ghost shows, what is said, and what a drop asks for. */

import type { AppointmentCard } from '../../desk/api';
import { columnAt } from '../geometry/columns';
import { clamp, DAY_MINUTES, minuteAt, snapDown, snapMoved, snapNearest, snapUp } from '../geometry/time';
import type { Place } from '../intents';
import type { GestureState, Point, Scene, Snapshot } from './states';

export interface Landing {
  column: string;
  minute: number;
  length: number;
}

/** Its own column, or the one where it would lie. */
const columnOf = (card: AppointmentCard, scene: Scene): string => scene.find.homeOf(card) ?? '';

/** Minutes of a day a visit may occupy on the sheet; a visit that already reaches beyond keeps its place. */
export function holdInDay(minute: number, length: number, dayMinutes = DAY_MINUTES): number {
  return clamp(minute, 0, dayMinutes - Math.min(length, dayMinutes));
}

/** Minutes between two points on the sheet. */
function minutesBetween(press: Point, point: Point, scene: Scene): number {
  return minuteAt(point.y, scene.scale) - minuteAt(press.y, scene.scale);
}

function landMoving(press: Point, point: Point, snapshot: Snapshot, scene: Scene): Landing {
  const { card } = snapshot;
  const column = scene.columns[columnAt(point.x, scene.layout)];
  const moved = snapMoved(card.start_minute, minutesBetween(press, point, scene), scene.increment);
  const minute = clamp(
    moved,
    Math.min(scene.scale.range.from, card.start_minute),
    Math.max(scene.scale.range.until - card.length_minutes, scene.scale.range.from, card.start_minute),
  );
  return {
    column: column?.id ?? columnOf(card, scene),
    minute: holdInDay(minute, card.length_minutes, scene.scale.dayMinutes),
    length: card.length_minutes,
  };
}

function landStart(press: Point, point: Point, snapshot: Snapshot, scene: Scene): Landing {
  const { card } = snapshot;
  const end = card.start_minute + card.length_minutes;
  const moved = snapMoved(card.start_minute, minutesBetween(press, point, scene), scene.increment);
  const minute = clamp(moved, Math.min(scene.scale.range.from, card.start_minute), latestStart(end, card, scene));
  return { column: columnOf(card, scene), minute, length: end - minute };
}

/** A visit that was shorter than an increment may stay so, but none becomes so. */
function latestStart(end: number, card: AppointmentCard, scene: Scene): number {
  return Math.max(end - scene.increment, card.start_minute);
}

function landEnd(press: Point, point: Point, snapshot: Snapshot, scene: Scene): Landing {
  const { card } = snapshot;
  const end = card.start_minute + card.length_minutes;
  const moved = snapMoved(end, minutesBetween(press, point, scene), scene.increment);
  const earliest = Math.min(card.start_minute + scene.increment, end);
  const latest = Math.max(scene.scale.range.until, end);
  return {
    column: columnOf(card, scene),
    minute: card.start_minute,
    length: clamp(moved, earliest, latest) - card.start_minute,
  };
}

function landPainting(press: Point, point: Point, column: string, scene: Scene): Landing {
  const { range } = scene.scale;
  const a = clamp(minuteAt(press.y, scene.scale), range.from, range.until);
  const b = clamp(minuteAt(point.y, scene.scale), range.from, range.until);
  const from = Math.min(snapDown(Math.min(a, b), scene.increment), range.until - scene.increment);
  const until = Math.max(snapUp(Math.max(a, b), scene.increment), from + scene.increment);
  return { column, minute: from, length: until - from };
}

/** Null while nothing is in the hand. */
export function landingOf(state: GestureState, scene: Scene): Landing | null {
  switch (state.name) {
    case 'idle':
    case 'pointing_card':
    case 'pointing_empty':
      return null;
    case 'moving':
      return landMoving(state.press, state.point, state.snapshot, scene);
    case 'resizing_start':
      return landStart(state.press, state.point, state.snapshot, scene);
    case 'resizing_end':
      return landEnd(state.press, state.point, state.snapshot, scene);
    case 'painting':
      return landPainting(state.press, state.point, state.column, scene);
    case 'carrying':
      return { ...state.at, length: state.snapshot.card.length_minutes };
    case 'stretching': {
      const { card } = state.snapshot;
      return { column: columnOf(card, scene), minute: card.start_minute, length: state.length };
    }
  }
}

/** One step of the keyboard in minutes: to the next grid line, also from a time off the grid. */
export function stepMinutes(minute: number, steps: number, increment: number): number {
  const onGrid = minute % increment === 0;
  if (onGrid) return minute + steps * increment;
  const line = steps > 0 ? snapUp(minute, increment) : snapDown(minute, increment);
  return line + (steps - Math.sign(steps)) * increment;
}

/** A place moved by columns and minutes, held inside the sheet. */
export function movePlace(at: Place, columns: number, minute: number, length: number, scene: Scene): Place {
  const index = scene.columns.findIndex((column) => column.id === at.column);
  const column = scene.columns[clamp(Math.max(index, 0) + columns, 0, scene.columns.length - 1)];
  return { column: column?.id ?? at.column, minute: holdInDay(minute, length, scene.scale.dayMinutes) };
}

/** The nearest place on this sheet for a visit lifted elsewhere (another day, the pinboard). */
export function placeFor(card: AppointmentCard, wish: Place | undefined, scene: Scene): Place {
  const at = wish ?? { column: columnOf(card, scene), minute: card.start_minute };
  const isHere = scene.columns.some((column) => column.id === at.column);
  return {
    column: isHere ? at.column : (scene.columns[0]?.id ?? at.column),
    minute: holdInDay(wish ? snapNearest(at.minute, scene.increment) : at.minute, card.length_minutes, scene.scale.dayMinutes),
  };
}

/** Visits in the way of a landing, earliest first. The desk has the last word; this is what the eye would see. */
export function inTheWay(landing: Landing, except: string | null, scene: Scene): AppointmentCard[] {
  const end = landing.minute + landing.length;
  const found: AppointmentCard[] = [];
  for (const card of scene.cards.values()) {
    if (card.id === except || scene.find.columnOf(card) !== landing.column) continue;
    if (card.start_minute < end && landing.minute < card.start_minute + card.length_minutes) found.push(card);
  }
  return found.sort((a, b) => a.start_minute - b.start_minute);
}

/** The gesture machine: a state, an event and the scene give the next state and what is wanted. Pure. */

import { hitTest, placeOfHit } from '../geometry/columns';
import { PAGE_DWELL_MS } from '../geometry/scrolling';
import type { Intent, Place } from '../intents';
import { carryKey, carryPointed, lift } from './carrying';
import { drop } from './dropping';
import { landingOf } from './landing';
import { movedElsewhereWords, putBackWords, vanishedWords } from './says';
import { stretch, stretchKey } from './stretching';
import {
  DRAG_THRESHOLD,
  IDLE,
  type CardPart,
  type GestureEvent,
  type GestureState,
  type Point,
  type Scene,
  type Snapshot,
  type Turn,
} from './states';

export { IDLE } from './states';

const stay = (state: GestureState): Turn => ({ state, intents: [] });
const rest = (...intents: Intent[]): Turn => ({ state: IDLE, intents });
const say = (text: string): Intent => ({ kind: 'say', text });

export function turn(state: GestureState, event: GestureEvent, scene: Scene): Turn {
  switch (event.type) {
    case 'press_card':
      return pressCard(state, event.card, event.part, event.point, scene);
    case 'press_empty':
      return pressEmpty(state, event.point, scene);
    case 'point':
      return point(state, event.point, scene);
    case 'hold':
      return state.name === 'pointing_card' && scene.canEdit ? begin(state.part, state, state.press) : stay(state);
    case 'tick':
      return tick(state, event.point, event.milliseconds, event.beyond);
    case 'release':
      return release(state, scene);
    case 'cancel':
      return cancel(state, scene);
    case 'carry':
      return scene.canEdit && state.name === 'idle' ? lift(event.card, event.from, scene) : stay(state);
    case 'stretch':
      return stretch(state, event.card, event.steps, scene);
    case 'key':
      return key(state, event, scene);
    case 'sheet_changed':
      return sheetChanged(state, scene);
  }
}

function pressCard(state: GestureState, id: string, part: CardPart, at: Point, scene: Scene): Turn {
  if (state.name === 'carrying') return carryPointed(state, at, scene);
  const card = scene.cards.get(id);
  if (!card) return rest();
  return { state: { name: 'pointing_card', press: at, part, snapshot: { card } }, intents: [{ kind: 'select', card: id }] };
}

function pressEmpty(state: GestureState, at: Point, scene: Scene): Turn {
  if (state.name === 'carrying') return carryPointed(state, at, scene);
  const place = placeAt(at, scene);
  return place ? stay({ name: 'pointing_empty', press: at, at: place }) : rest();
}

function placeAt(at: Point, scene: Scene): Place | null {
  const hit = hitTest(at, scene.layout, scene.scale);
  if (!hit) return null;
  const place = placeOfHit(hit, scene.increment, scene.scale);
  const column = scene.columns[place.column];
  return column ? { column: column.id, minute: place.minute } : null;
}

function isDrag(press: Point, at: Point): boolean {
  return Math.hypot(at.x - press.x, at.y - press.y) >= DRAG_THRESHOLD;
}

function point(state: GestureState, at: Point, scene: Scene): Turn {
  switch (state.name) {
    case 'pointing_card':
      if (!isDrag(state.press, at)) return stay(state);
      return scene.canEdit ? begin(state.part, state, at) : stay(state);
    case 'pointing_empty':
      // Only the way down counts: time is painted, columns are not.
      if (Math.abs(at.y - state.press.y) < DRAG_THRESHOLD || !scene.canEdit) return stay(state);
      return stay({ name: 'painting', press: state.press, point: at, column: state.at.column });
    case 'moving':
    case 'resizing_start':
    case 'resizing_end':
    case 'painting':
      return stay({ ...state, point: at });
    case 'idle':
    case 'carrying':
    case 'stretching':
      return stay(state);
  }
}

/** From pointing to dragging: the snapshot was taken at the press and does not change any more. */
function begin(part: CardPart, from: { press: Point; snapshot: Snapshot }, at: Point): Turn {
  const { press, snapshot } = from;
  if (part === 'start') return stay({ name: 'resizing_start', press, point: at, snapshot });
  if (part === 'end') return stay({ name: 'resizing_end', press, point: at, snapshot });
  return stay({ name: 'moving', press, point: at, snapshot, resting: null });
}

function tick(state: GestureState, at: Point, milliseconds: number, beyond: 'previous' | 'next' | null): Turn {
  switch (state.name) {
    case 'resizing_start':
    case 'resizing_end':
    case 'painting':
      return stay({ ...state, point: at });
    case 'moving': {
      if (beyond === null) return stay({ ...state, point: at, resting: null });
      const before = state.resting?.side === beyond ? state.resting.milliseconds : 0;
      const rested = before + milliseconds;
      // Negative afterwards: resting on does not page a second time at once.
      const pages = before < PAGE_DWELL_MS && rested >= PAGE_DWELL_MS;
      const resting = { side: beyond, milliseconds: pages ? -PAGE_DWELL_MS : rested };
      return { state: { ...state, point: at, resting }, intents: pages ? [{ kind: 'edge', direction: beyond }] : [] };
    }
    default:
      return stay(state);
  }
}

function release(state: GestureState, scene: Scene): Turn {
  switch (state.name) {
    case 'idle':
    case 'carrying':
    case 'stretching':
      return stay(state);
    case 'pointing_card':
      return rest();
    case 'pointing_empty':
      return rest({ kind: 'select', card: null }, { kind: 'cursor', ...state.at });
    case 'painting': {
      const landing = landingOf(state, scene);
      return landing ? rest({ kind: 'paint', ...landing }) : rest();
    }
    case 'moving':
    case 'resizing_start':
    case 'resizing_end': {
      const gone = goneWords(state.snapshot, scene);
      if (gone) return rest(say(gone));
      const landing = landingOf(state, scene);
      return landing ? drop(state.name === 'moving' ? 'move' : 'resize', state.snapshot.card, landing, scene) : rest();
    }
  }
}

function cancel(state: GestureState, scene: Scene): Turn {
  switch (state.name) {
    case 'moving':
    case 'resizing_start':
    case 'resizing_end':
    case 'carrying':
    case 'stretching':
      return rest(say(putBackWords(state.snapshot.card, scene)));
    default:
      return rest();
  }
}

function key(state: GestureState, event: { key: string; shift: boolean; alt: boolean }, scene: Scene): Turn {
  if (event.key === 'Escape') return state.name === 'idle' ? stay(state) : cancel(state, scene);
  if (state.name === 'carrying') return carryKey(state, event, scene);
  if (state.name === 'stretching') return stretchKey(state, event, scene);
  return stay(state);
}

/** Why a visit in the hand cannot go on being moved; null while it stands as it stood. */
function goneWords(snapshot: Snapshot, scene: Scene): string | null {
  const { card } = snapshot;
  // Where its own place is not on the grid the grid cannot tell; the desk checks at the drop.
  const column = scene.find.columnOf(card);
  if (column === undefined) return null;
  const now = scene.cards.get(card.id);
  if (!now) return vanishedWords(card);
  const unchanged =
    scene.find.columnOf(now) === column &&
    now.start_minute === card.start_minute &&
    now.length_minutes === card.length_minutes;
  return unchanged ? null : movedElsewhereWords(now, scene);
}

function sheetChanged(state: GestureState, scene: Scene): Turn {
  switch (state.name) {
    case 'idle':
      return stay(state);
    case 'pointing_empty':
    case 'painting': {
      const at = state.name === 'painting' ? state.column : state.at.column;
      return scene.columns.some((column) => column.id === at) ? stay(state) : rest();
    }
    case 'pointing_card':
      return goneWords(state.snapshot, scene) ? rest() : stay(state);
    case 'resizing_start':
    case 'resizing_end':
    case 'stretching': {
      // A length belongs to the day it is on: paging away ends it.
      const { card } = state.snapshot;
      if (scene.find.columnOf(card) === undefined) return rest(say(putBackWords(card, scene)));
      const gone = goneWords(state.snapshot, scene);
      return gone ? rest(say(gone)) : stay(state);
    }
    case 'moving': {
      const gone = goneWords(state.snapshot, scene);
      return gone ? rest(say(gone)) : stay(state);
    }
    case 'carrying': {
      const gone = goneWords(state.snapshot, scene);
      if (gone) return rest(say(gone));
      const isHere = scene.columns.some((column) => column.id === state.at.column);
      const first = scene.columns[0];
      return stay(isHere || !first ? state : { ...state, at: { ...state.at, column: first.id } });
    }
  }
}

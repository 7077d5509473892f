/** Move mode: the keyboard carries a visit. Arrows move it, Enter drops it, Esc puts it back, PageUp and PageDown turn the day. */

import type { AppointmentCard } from '../../desk/api';
import { hitTest } from '../geometry/columns';
import { snapNearest } from '../geometry/time';
import type { Place } from '../intents';
import { drop } from './dropping';
import { landingOf, movePlace, placeFor, stepMinutes } from './landing';
import { columnWords, moveWords } from './says';
import type { GestureState, Point, Scene, Turn } from './states';

type Carrying = Extract<GestureState, { name: 'carrying' }>;

const HOUR = 60;

/** Takes a visit into the hand, at its own place or where the caller wishes (from the pinboard). */
export function lift(card: AppointmentCard, from: Place | undefined, scene: Scene): Turn {
  const at = placeFor(card, from, scene);
  const where = `${columnWords(at.column, scene)}, ${scene.time(at.minute)}`;
  return {
    state: { name: 'carrying', snapshot: { card }, at },
    intents: [
      {
        kind: 'say',
        text: `Moving ${card.patient_name} from ${where}. Arrows move it, Page Up and Page Down change the day, Enter drops it, Escape puts it back.`,
      },
    ],
  };
}

function goTo(state: Carrying, at: Place, scene: Scene): Turn {
  const next: Carrying = { ...state, at };
  const landing = landingOf(next, scene);
  const moved = at.column !== state.at.column || at.minute !== state.at.minute;
  if (!landing || !moved) return { state, intents: [] };
  return { state: next, intents: [{ kind: 'say', text: moveWords(state.snapshot.card, landing, scene) }] };
}

export function carryKey(state: Carrying, event: { key: string; shift: boolean }, scene: Scene): Turn {
  const { at } = state;
  const length = state.snapshot.card.length_minutes;
  const down = (direction: 1 | -1): Turn => {
    const minute = event.shift ? at.minute + direction * HOUR : stepMinutes(at.minute, direction, scene.increment);
    return goTo(state, movePlace(at, 0, minute, length, scene), scene);
  };
  const across = (columns: number): Turn => goTo(state, movePlace(at, columns, at.minute, length, scene), scene);
  const many = scene.columns.length;
  switch (event.key) {
    case 'ArrowDown':
      return down(1);
    case 'ArrowUp':
      return down(-1);
    case 'ArrowRight':
      return across(1);
    case 'ArrowLeft':
      return across(-1);
    case 'Home':
      return across(-many);
    case 'End':
      return across(many);
    case 'PageUp':
      return { state, intents: [{ kind: 'edge', direction: 'previous' }] };
    case 'PageDown':
      return { state, intents: [{ kind: 'edge', direction: 'next' }] };
    case 'Enter':
    case ' ': {
      const landing = landingOf(state, scene);
      return landing ? drop('move', state.snapshot.card, landing, scene) : { state, intents: [] };
    }
    case '+':
    case '-':
      return { state, intents: [{ kind: 'say', text: 'Drop it first, then change its length.' }] };
    default:
      return { state, intents: [] };
  }
}

/** A click while carrying drops the visit with its start at the nearest grid line. */
export function carryPointed(state: Carrying, point: Point, scene: Scene): Turn {
  const hit = hitTest(point, scene.layout, scene.scale);
  const column = hit ? scene.columns[hit.column] : undefined;
  if (!hit || !column) return { state, intents: [] };
  const wish = { column: column.id, minute: snapNearest(hit.minute, scene.increment) };
  const at = movePlace(wish, 0, wish.minute, state.snapshot.card.length_minutes, scene);
  const landing = landingOf({ ...state, at }, scene);
  return landing ? drop('move', state.snapshot.card, landing, scene) : { state, intents: [] };
}

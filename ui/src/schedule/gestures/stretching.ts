/** Changing a length by keyboard: `+` and `-` (or Alt with the arrows) step, Enter keeps, Esc puts back. */

import { clamp, DAY_MINUTES } from '../geometry/time';
import { drop } from './dropping';
import { landingOf, stepMinutes } from './landing';
import { lengthWords } from './says';
import type { GestureState, Scene, Snapshot, Turn } from './states';

type Stretching = Extract<GestureState, { name: 'stretching' }>;

function stretched(snapshot: Snapshot, length: number, steps: number, scene: Scene): Turn {
  const { card } = snapshot;
  const end = stepMinutes(card.start_minute + length, steps, scene.increment);
  const shortest = Math.min(scene.increment, card.length_minutes);
  const next: Stretching = {
    name: 'stretching',
    snapshot,
    length: clamp(end - card.start_minute, shortest, (scene.scale.dayMinutes ?? DAY_MINUTES) - card.start_minute),
  };
  const landing = landingOf(next, scene);
  return { state: next, intents: landing ? [{ kind: 'say', text: lengthWords(card, landing, scene) }] : [] };
}

/** Begins, or goes on, making a visit longer (positive steps) or shorter. */
export function stretch(state: GestureState, id: string, steps: number, scene: Scene): Turn {
  if (state.name === 'stretching') return stretched(state.snapshot, state.length, steps, scene);
  const card = scene.cards.get(id);
  if (state.name !== 'idle' || !card || !scene.canEdit) return { state, intents: [] };
  return stretched({ card }, card.length_minutes, steps, scene);
}

export function stretchKey(state: Stretching, event: { key: string }, scene: Scene): Turn {
  switch (event.key) {
    case '+':
    case '=':
    case 'ArrowDown':
      return stretched(state.snapshot, state.length, 1, scene);
    case '-':
    case 'ArrowUp':
      return stretched(state.snapshot, state.length, -1, scene);
    case 'Enter': {
      const landing = landingOf(state, scene);
      return landing ? drop('resize', state.snapshot.card, landing, scene) : { state, intents: [] };
    }
    default:
      return { state, intents: [] };
  }
}

/** The end of a gesture: one intent that changes something, or none when it ended where it began. */

import type { AppointmentCard } from '../../desk/api';
import type { Landing } from './landing';
import { lengthWords, moveWords, putBackWords } from './says';
import { IDLE, type Scene, type Turn } from './states';

export function drop(as: 'move' | 'resize', card: AppointmentCard, landing: Landing, scene: Scene): Turn {
  return as === 'move' ? dropMoved(card, landing, scene) : dropResized(card, landing, scene);
}

function dropMoved(card: AppointmentCard, landing: Landing, scene: Scene): Turn {
  const { column, minute } = landing;
  if (column === scene.find.columnOf(card) && minute === card.start_minute) {
    return { state: IDLE, intents: [{ kind: 'say', text: putBackWords(card, scene) }] };
  }
  return {
    state: IDLE,
    intents: [
      { kind: 'move', card: card.id, column, minute },
      { kind: 'say', text: moveWords(card, landing, scene) },
    ],
  };
}

function dropResized(card: AppointmentCard, landing: Landing, scene: Scene): Turn {
  const { minute, length } = landing;
  if (length === card.length_minutes && minute === card.start_minute) {
    return { state: IDLE, intents: [{ kind: 'say', text: putBackWords(card, scene) }] };
  }
  return {
    state: IDLE,
    intents: [
      { kind: 'resize', card: card.id, minute, length },
      { kind: 'say', text: lengthWords(card, landing, scene) },
    ],
  };
}

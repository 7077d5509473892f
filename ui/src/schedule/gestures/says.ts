/** The words of a gesture: beside the ghost, and for the live region. */

import type { AppointmentCard } from '../../desk/api';
import { inTheWay, type Landing } from './landing';
import type { Scene } from './states';

/** `Op 3`, `Tue 3 Mar, Op 3`. */
export function columnWords(id: string | undefined, scene: Scene): string {
  return scene.columns.find((column) => column.id === id)?.words ?? 'its place';
}

/** `, over Osei, Kofi` or `, over Osei, Kofi and 2 more`; empty when nothing is in the way. */
export function overWords(landing: Landing, except: string | null, scene: Scene): string {
  const [first, ...rest] = inTheWay(landing, except, scene);
  if (!first) return '';
  return rest.length === 0 ? `, over ${first.patient_name}` : `, over ${first.patient_name} and ${rest.length} more`;
}

/** `Rivera, Ana to Op 3, 10:20`. */
export function moveWords(card: AppointmentCard, landing: Landing, scene: Scene): string {
  const where = `${columnWords(landing.column, scene)}, ${scene.time(landing.minute)}`;
  return `${card.patient_name} to ${where}${overWords(landing, card.id, scene)}`;
}

/** `Rivera, Ana 50 minutes, until 9:50`. */
export function lengthWords(card: AppointmentCard, landing: Landing, scene: Scene): string {
  const until = scene.time(landing.minute + landing.length);
  return `${card.patient_name} ${landing.length} minutes, until ${until}${overWords(landing, card.id, scene)}`;
}

export function putBackWords(card: AppointmentCard, scene: Scene): string {
  return `${card.patient_name} put back to ${columnWords(scene.find.columnOf(card), scene)}, ${scene.time(card.start_minute)}`;
}

export function vanishedWords(card: AppointmentCard): string {
  return `${card.patient_name} is no longer on this day. Nothing was moved here.`;
}

export function movedElsewhereWords(now: AppointmentCard, scene: Scene): string {
  const where = `${columnWords(scene.find.columnOf(now), scene)}, ${scene.time(now.start_minute)}`;
  return `${now.patient_name} was just changed elsewhere and is now in ${where}. Nothing was moved here.`;
}

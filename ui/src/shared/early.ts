/** Patients who are asked to come some minutes before their visit. */

import type { AppointmentCard } from '../desk/api';

/** What the desk takes: see `MAX_EARLY_MINUTES` of the rules. */
export const EARLY_MINUTES: readonly number[] = [5, 10, 15, 20, 25, 30];

const DAY = 24 * 60;

/** The minute of the day so many minutes before another; before midnight it is the evening before. */
export function dueMinute(start: number, early: number): number {
  return (start - early + DAY) % DAY;
}

/** How many minutes before the visit the patient should be there. */
export const earlyOf = (card: Pick<AppointmentCard, 'arrive_early_minutes'>): number => card.arrive_early_minutes ?? 0;

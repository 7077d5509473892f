/** What can count when openings are ranked, and how much, in the order of the settings. */

import type { RankingFactor, VisitLimit, Weight } from '../desk/api';

export const FACTORS: readonly RankingFactor[] = ['lead_time', 'template', 'load', 'continuity', 'preferences', 'fragments', 'family'];
export const WEIGHTS: readonly Weight[] = ['off', 'little', 'normal', 'much', 'first'];

/** A limit as it is typed: the number may not be one yet. */
export interface LimitText {
  /** Only for the list on the screen. */
  key: number;
  /** Empty: everybody, every type. */
  provider: string;
  type: string;
  most: string;
}

export const MOST_AN_HOUR = 60;

/** The number of visits, or null if it is none from 1 to 60. */
export function readMost(text: string): number | null {
  const number = /^\d{1,2}$/.test(text.trim()) ? +text : 0;
  return number >= 1 && number <= MOST_AN_HOUR ? number : null;
}

/** The first limit that says something about the same visits as one before it. */
export function repeated(limits: readonly LimitText[]): LimitText | null {
  return limits.find((one, at) => limits.slice(0, at).some((other) => other.provider === one.provider && other.type === one.type)) ?? null;
}

/** As the desk takes them, or null while something cannot be. */
export function readLimits(limits: readonly LimitText[]): VisitLimit[] | null {
  if (repeated(limits)) return null;
  const read = limits.map((one) => ({ provider: one.provider || null, appointment_type: one.type || null, most: readMost(one.most) }));
  return read.every((one): one is VisitLimit => one.most !== null) ? read : null;
}

/** Assistants of a location as a form shows them: per weekday one text such as `8:00–12:00 = 3, 12:00–17:00 = 2`; empty is nobody. */

import type { AssistantPeriod, AssistantSpan } from '../desk/api';
import { WEEKDAYS } from '../shared/dates';
import { readSpans, type WeekText } from './hours';

/** Assistants of one period at the most. */
export const MOST_ASSISTANTS = 99;

export function assistantText(periods: readonly AssistantPeriod[]): WeekText {
  const of = (day: string): string =>
    periods
      .filter((one) => one.weekday === day)
      .map((one) => `${one.from.slice(0, 5)}–${one.until.slice(0, 5)} = ${one.count}`)
      .sort()
      .join(', ');
  return Object.fromEntries(WEEKDAYS.map((day) => [day, of(day)])) as WeekText;
}

/** The periods of one weekday; null if they cannot be read. */
export function readDay(text: string): Omit<AssistantSpan, 'weekday'>[] | null {
  if (text.trim() === '') return [];
  const parts = text.split(/[,;]/).map((part) => part.split('='));
  const counts = parts.map(([, count]) => (/^\s*\d{1,2}\s*$/.test(count ?? '') ? Number(count) : 0));
  if (parts.some((part) => part.length !== 2) || counts.some((count) => count < 1 || count > MOST_ASSISTANTS)) return null;
  // One after the other, as hours are.
  const spans = readSpans(parts.map(([span]) => span).join(','));
  return spans?.length === counts.length ? spans.map((span, at) => ({ ...span, count: counts[at]! })) : null;
}

/** All periods of the week; null while a day cannot be read. */
export function readAssistants(week: WeekText): AssistantSpan[] | null {
  const all: AssistantSpan[] = [];
  for (const weekday of WEEKDAYS) {
    const day = readDay(week[weekday]);
    if (day === null) return null;
    all.push(...day.map((span) => ({ weekday, ...span })));
  }
  return all;
}

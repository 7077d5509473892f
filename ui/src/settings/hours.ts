/** Working hours as a form shows them: per weekday one text such as `8:00–12:00, 13:00–17:00`; empty is closed. */

import type { HoursSpan, WorkingHours } from '../desk/api';
import { readTime, timeWords, WEEKDAYS } from '../shared/dates';

export type WeekText = Record<(typeof WEEKDAYS)[number], string>;

export function weekText(hours: WorkingHours[], location: string | null): WeekText {
  const text = Object.fromEntries(WEEKDAYS.map((day) => [day, ''])) as WeekText;
  for (const day of WEEKDAYS) {
    text[day] = hours
      .filter((span) => span.weekday === day && (location === null || span.location === location))
      .map((span) => `${span.from.slice(0, 5)}–${span.until.slice(0, 5)}`)
      .sort()
      .join(', ');
  }
  return text;
}

/** The spans of one weekday; null if it cannot be read. */
export function readSpans(text: string): { from: string; until: string }[] | null {
  if (text.trim() === '') return [];
  const spans: { from: string; until: string }[] = [];
  let last = -1;
  for (const part of text.split(/[,;]/)) {
    const ends = part.split(/\s*(?:–|-|—|to)\s*/);
    const from = readTime(ends[0] ?? '');
    // Midnight as the end is that of the day.
    const end = readTime(ends[1] ?? '');
    const until = end === 0 ? 1440 : end;
    if (ends.length !== 2 || from === null || until === null || until <= from || from < last) return null;
    spans.push({ from: timeWords(from), until: timeWords(until) });
    last = until;
  }
  return spans;
}

/** All spans of the week; null while a day cannot be read. */
export function readWeek(text: WeekText, location: string | null): HoursSpan[] | null {
  const all: HoursSpan[] = [];
  for (const weekday of WEEKDAYS) {
    const spans = readSpans(text[weekday]);
    if (spans === null) return null;
    all.push(...spans.map((span) => ({ location, weekday, ...span })));
  }
  return all;
}

/**
 * Calendar arithmetic on wall dates and minutes as text and numbers. No zones, no clock: an ISO date is counted in
 * days of UTC, where every day has 24 hours, and never turned into local time.
 */

const DAY = 86_400_000;

export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
const SHORT_DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const LONG_DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const SHORT_MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const LONG_MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

export interface Ymd {
  year: number;
  /** 1–12. */
  month: number;
  day: number;
}

export function ymd(date: string): Ymd {
  return { year: +date.slice(0, 4), month: +date.slice(5, 7), day: +date.slice(8, 10) };
}

export function isoDate({ year, month, day }: Ymd): string {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

const dayNumber = (date: string): number => {
  const { year, month, day } = ymd(date);
  return Date.UTC(year, month - 1, day) / DAY;
};

const fromDayNumber = (number: number): string => new Date(number * DAY).toISOString().slice(0, 10);

export const addDays = (date: string, days: number): string => fromDayNumber(dayNumber(date) + days);
export const daysBetween = (from: string, to: string): number => dayNumber(to) - dayNumber(from);
/** 0 Monday … 6 Sunday. */
export const weekday = (date: string): number => (((dayNumber(date) + 3) % 7) + 7) % 7;

/** The same day of another month; the last day where that month is shorter. */
export function addMonths(date: string, months: number): string {
  const { year, month, day } = ymd(date);
  const index = year * 12 + (month - 1) + months;
  const first = { year: Math.floor(index / 12), month: (((index % 12) + 12) % 12) + 1, day: 1 };
  return isoDate({ ...first, day: Math.min(day, daysInMonth(isoDate(first))) });
}

export function daysInMonth(date: string): number {
  const { year, month } = ymd(date);
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Six weeks from the Monday on or before the first of the month. */
export function monthGrid(date: string): string[] {
  const first = isoDate({ ...ymd(date), day: 1 });
  const start = addDays(first, -weekday(first));
  return Array.from({ length: 42 }, (_, index) => addDays(start, index));
}

/** `Tue 24 Nov 2026`. */
export const dateWords = (date: string): string => `${dayMonthWords(date)} ${ymd(date).year}`;
/** `Tue 24 Nov`. */
export const dayMonthWords = (date: string): string =>
  `${SHORT_DAYS[weekday(date)]} ${ymd(date).day} ${SHORT_MONTHS[ymd(date).month - 1]}`;
/** `Tuesday 24 November 2026`: for a screen reader. */
export const longDateWords = (date: string): string =>
  `${LONG_DAYS[weekday(date)]} ${ymd(date).day} ${LONG_MONTHS[ymd(date).month - 1]} ${ymd(date).year}`;
/** `November 2026`. */
export const monthWords = (date: string): string => `${LONG_MONTHS[ymd(date).month - 1]} ${ymd(date).year}`;
/** `9 May 2014`. */
export const birthWords = (date: string): string =>
  `${ymd(date).day} ${SHORT_MONTHS[ymd(date).month - 1]} ${ymd(date).year}`;

/** 580 → `09:40`. */
export const timeWords = (minute: number): string =>
  `${String(Math.floor(minute / 60) % 24).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** `9:40`, `0940`, `9.40`, `9` → minutes; null if it is no time of day. */
export function readTime(text: string): number | null {
  const match = /^\s*(\d{1,2})(?:[:.h]?(\d{2}))?\s*(am|pm)?\s*$/i.exec(text);
  if (!match) return null;
  let hours = +match[1]!;
  const minutes = +(match[2] ?? '0');
  const half = match[3]?.toLowerCase();
  if (half) {
    if (hours < 1 || hours > 12) return null;
    hours = (hours % 12) + (half === 'pm' ? 12 : 0);
  }
  return hours > 23 || minutes > 59 ? null : hours * 60 + minutes;
}

/** Where something ends, in words: the end of a day is its 24:00. */
export const endWords = (minute: number): string => (minute === 1440 ? '24:00' : timeWords(minute));

/** The same as {@link readTime} for where something ends: midnight is the end of the day. */
export function readEnd(text: string): number | null {
  const minute = /^\s*24(?:[:.h]?00)?\s*$/i.test(text) ? 1440 : readTime(text);
  return minute === 0 ? 1440 : minute;
}

/** `2026-11-24T09:40`. */
export const wallTime = (date: string, minute: number): string => `${date}T${timeWords(minute)}`;
export const wallDate = (wall: string): string => wall.slice(0, 10);
export const wallMinute = (wall: string): number => +wall.slice(11, 13) * 60 + +wall.slice(14, 16);

/**
 * A date as people type it: `24`, `24.11`, `24 nov`, `24/11/2026`, `2026-11-24`, `+14`, `2w`, `fri`, `today`, `tomorrow`.
 * Without a month or year the next such date from `today` on. Null if it cannot be read.
 */
export function readDate(text: string, today: string): string | null {
  const input = text.trim().toLowerCase();
  if (!input) return null;
  if ('today'.startsWith(input) && input.length > 2) return today;
  if ('tomorrow'.startsWith(input) && input.length > 2) return addDays(today, 1);
  const step = /^([+-]?)(\d+)\s*([dwm])$/.exec(input) ?? /^([+-])(\d+)()$/.exec(input);
  if (step) {
    const count = +step[2]! * (step[1] === '-' ? -1 : 1);
    if (step[3] === 'm') return addMonths(today, count);
    return addDays(today, step[3] === 'w' ? count * 7 : count);
  }
  const named = LONG_DAYS.findIndex((name) => input.length >= 2 && name.toLowerCase().startsWith(input));
  if (named >= 0) return addDays(today, (named - weekday(today) + 7) % 7 || 7);
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(input);
  if (iso) return validDate(+iso[1]!, +iso[2]!, +iso[3]!);
  const parts = /^(\d{1,2})(?:[\s./-]+(\d{1,2}|[a-z]{3,9}))?(?:[\s./-]+(\d{2}|\d{4}))?$/.exec(input);
  if (!parts) return null;
  const day = +parts[1]!;
  const now = ymd(today);
  let month = now.month;
  if (parts[2]) {
    month = /^\d/.test(parts[2])
      ? +parts[2]
      : LONG_MONTHS.findIndex((name) => name.toLowerCase().startsWith(parts[2]!)) + 1;
    if (month === 0) return null;
  }
  if (parts[3]) return validDate(+parts[3] < 100 ? 2000 + +parts[3] : +parts[3], month, day);
  const near = validDate(now.year, month, day);
  if (near && near >= today) return near;
  if (parts[2]) return validDate(now.year + 1, month, day);
  const next = ymd(addMonths(isoDate({ ...now, day: 1 }), 1));
  return near ? validDate(next.year, next.month, day) : null;
}

function validDate(year: number, month: number, day: number): string | null {
  if (month < 1 || month > 12 || day < 1 || year < 1000) return null;
  const date = isoDate({ year, month, day });
  return day <= daysInMonth(isoDate({ year, month, day: 1 })) ? date : null;
}

/** A birth date as people say it (`9.5.2014`, `9 may 2014`, `2014-05-09`); two-digit years are in the past. */
export function readBirthDate(text: string, today: string): string | null {
  const input = text.trim();
  const iso = /^(\d{4})[-./](\d{1,2})[-./](\d{1,2})$/.exec(input);
  const read = iso
    ? validDate(+iso[1]!, +iso[2]!, +iso[3]!)
    : /\d{2}$/.test(input) && /^\d{1,2}[\s./-]+\w+[\s./-]+\d{2,4}$/.test(input)
      ? readDate(input, today)
      : null;
  if (!read) return null;
  const { year, month, day } = ymd(read);
  return read > today ? (/\d{4}$/.test(input) ? null : validDate(year - 100, month, day)) : read;
}

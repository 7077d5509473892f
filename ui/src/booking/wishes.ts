/**
 * When a patient would like to come, as a receptionist types it while listening: `6w after school mon-thu chen`,
 * `6-8 weeks mornings`, `14.4. after 15:30`, `next week op 3`. Words and numbers in any order; what is not understood is given back, never
 * guessed at. Pure: today and the practice come in.
 */

import type { OpeningsRequest, RosterView, Weekday } from '../desk/api';
import { addDays, addMonths, dayMonthWords, readDate, readTime, timeWords, weekday, WEEKDAYS } from '../shared/dates';
import { t } from '../words/words';

/** Days that are looked at when nothing else is said. */
const USUAL_DAYS = 28;
/** After *in 6 weeks*: as many days on. */
const AROUND_DAYS = 14;
const MOST_DAYS = 366;

export interface Wishes {
  /** First wall date; null: from the day on the screen. */
  from: string | null;
  days: number;
  /** Wall minutes: the visit begins at `after` or later and is over by `before`. */
  after: number | null;
  before: number | null;
  weekdays: Weekday[];
  provider: string | null;
  operatory: string | null;
  /** What was not understood, as typed. */
  unread: string[];
}

const NOTHING: Wishes = { from: null, days: USUAL_DAYS, after: null, before: null, weekdays: [], provider: null, operatory: null, unread: [] };

/** Words for parts of a day. */
const PARTS: Record<string, { after?: number; before?: number }> = {
  early: { before: 10 * 60 },
  morning: { before: 12 * 60 },
  mornings: { before: 12 * 60 },
  noon: { after: 12 * 60, before: 14 * 60 },
  lunch: { after: 12 * 60, before: 14 * 60 },
  lunchtime: { after: 12 * 60, before: 14 * 60 },
  afternoon: { after: 12 * 60 },
  afternoons: { after: 12 * 60 },
  evening: { after: 17 * 60 },
  evenings: { after: 17 * 60 },
  school: { after: 15 * 60 },
};
const MONTH = /^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*$/;
const FILLERS = new Set(['in', 'with', 'on', 'at', 'and', 'or', 'the', 'dr', 'about', 'a', 'please']);

/** 0 Monday … 6; null: no weekday. At least three letters, so that `m` or `th` are not guessed at. */
function dayOf(word: string): number | null {
  const name = word.length > 3 ? word.replace(/s$/, '') : word;
  if (name.length < 3) return null;
  const at = WEEKDAYS.findIndex((day) => day.startsWith(name));
  return at < 0 ? null : at;
}

function daysBetween(from: number, until: number): Weekday[] {
  const days: Weekday[] = [];
  for (let day = from; ; day = (day + 1) % 7) {
    days.push(WEEKDAYS[day]!);
    if (day === until) return days;
  }
}

/** The one record whose name has a word that begins so; null if there is none, or more than one. */
function named<T extends { id: string; name: string; is_active: boolean }>(all: readonly T[], word: string): string | null {
  const found = all.filter((one) => one.is_active && one.name.toLowerCase().split(/[\s-]+/).some((part) => part.startsWith(word)));
  return found.length === 1 ? found[0]!.id : null;
}

export function readWishes(text: string, today: string, roster: Pick<RosterView, 'providers' | 'operatories'>): Wishes {
  const wishes: Wishes = { ...NOTHING, weekdays: [], unread: [] };
  const words = text
    .toLowerCase()
    .replace(/[,;]/g, ' ')
    .replace(/\s*[-–]\s*/g, '-')
    .split(/\s+/)
    .map((word) => word.replace(/\.$/, ''))
    .filter(Boolean);

  const weeksOn = (from: number, until: number | null): void => {
    wishes.from = addDays(today, from * 7);
    wishes.days = until === null ? AROUND_DAYS : (until - from) * 7 + 7;
  };

  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    const next = words[at + 1] ?? '';
    let match: RegExpExecArray | null;

    // 6w, 6-8w, 6 weeks, 6-8 weeks, 3d, 2 months.
    if ((match = /^(\d{1,3})(?:-(\d{1,3}))?(w|wk|wks|weeks?|d|days?|m|months?)?$/.exec(word))) {
      const unit = match[3] ?? (/^(w|wks?|weeks?|days?|months?)$/.test(next) ? next : '');
      const [from, until] = [+match[1]!, match[2] === undefined ? null : +match[2]];
      const isSound = until === null || until >= from;
      if (unit && isSound) {
        if (match[3] === undefined) at += 1;
        if (unit.startsWith('w')) weeksOn(from, until);
        else {
          const on = (count: number): string => (unit.startsWith('d') ? addDays(today, count) : addMonths(today, count));
          wishes.from = on(from);
          wishes.days = AROUND_DAYS;
        }
        continue;
      }
    }
    if (word === 'next' && next === 'week') {
      wishes.from = addDays(today, 7 - weekday(today));
      wishes.days = 7;
      at += 1;
      continue;
    }
    // After 15, from 15:30, before 10, until noon; after school.
    if (['after', 'from', 'before', 'until', 'till', 'by'].includes(word)) {
      const isFrom = word === 'after' || word === 'from';
      const part = PARTS[next];
      // After lunch is when lunch ends, before lunch when it begins.
      const time = next === 'noon' ? 12 * 60 : part ? ((isFrom ? part.before : part.after) ?? part.after ?? part.before ?? null) : readTime(next);
      if (time !== null) {
        if (isFrom) wishes.after = time;
        else wishes.before = time;
        at += 1;
        continue;
      }
    }
    // 15-17, 8:30-10.
    if ((match = /^(\d{1,2}(?:[:.]\d{2})?(?:am|pm)?)-(\d{1,2}(?:[:.]\d{2})?(?:am|pm)?)$/.exec(word))) {
      const [after, before] = [readTime(match[1]!), readTime(match[2]!)];
      if (after !== null && before !== null && after < before) {
        [wishes.after, wishes.before] = [after, before];
        continue;
      }
    }
    const part = PARTS[word];
    if (part) {
      wishes.after = part.after ?? wishes.after;
      wishes.before = part.before ?? wishes.before;
      continue;
    }
    // mon, mon-thu, mondays.
    const [first = '', last] = word.split('-');
    const [firstDay, lastDay] = [dayOf(first), last === undefined ? null : dayOf(last)];
    if (firstDay !== null && (last === undefined || lastDay !== null)) {
      wishes.weekdays.push(...daysBetween(firstDay, lastDay ?? firstDay));
      continue;
    }
    if (word === 'op' && next) {
      const id = roster.operatories.find((one) => one.is_active && one.name.toLowerCase() === `op ${next}`)?.id;
      if (id) {
        wishes.operatory = id;
        at += 1;
        continue;
      }
    }
    // 14 apr, apr 14.
    const pair = /^\d{1,2}$/.test(word) && MONTH.test(next) ? `${word} ${next}` : MONTH.test(word) && /^\d{1,2}$/.test(next) ? `${next} ${word}` : null;
    const paired = pair === null ? null : readDate(pair, today);
    if (paired !== null) {
      wishes.from = paired;
      wishes.days = AROUND_DAYS;
      at += 1;
      continue;
    }
    const date = /\d/.test(word) || ['today', 'tomorrow'].includes(word) ? readDate(word, today) : null;
    if (date !== null && !/^\d+$/.test(word)) {
      wishes.from = date;
      wishes.days = AROUND_DAYS;
      continue;
    }
    if (FILLERS.has(word)) continue;
    const provider = word.length >= 3 ? named(roster.providers, word) : null;
    const operatory = provider === null && word.length >= 3 ? named(roster.operatories, word) : null;
    if (provider !== null) wishes.provider = provider;
    else if (operatory !== null) wishes.operatory = operatory;
    else wishes.unread.push(word);
  }
  wishes.weekdays = WEEKDAYS.filter((day) => wishes.weekdays.includes(day));
  wishes.days = Math.min(wishes.days, MOST_DAYS);
  return wishes;
}

/** The wishes as part of a question for openings; `from` where they name no day. */
export function askFor(wishes: Wishes, from: string): Pick<OpeningsRequest, 'from' | 'days' | 'after' | 'before' | 'weekdays' | 'provider' | 'operatory'> {
  return {
    from: wishes.from ?? from,
    days: wishes.days,
    after: wishes.after === null ? null : timeWords(wishes.after),
    before: wishes.before === null ? null : timeWords(wishes.before),
    weekdays: wishes.weekdays,
    provider: wishes.provider,
    operatory: wishes.operatory,
  };
}

/** What was understood, so that it can be seen and heard: `From Tue 5 Jan, Mon, Wed, after 15:00, Dr Mei Chen`. */
export function wishWords(wishes: Wishes, roster: Pick<RosterView, 'providers' | 'operatories'>): string {
  const parts = [
    wishes.from === null ? '' : t('wish-from', { date: dayMonthWords(wishes.from) }),
    wishes.weekdays.map((day) => t(`weekday-${day.slice(0, 3)}`)).join(', '),
    wishes.after !== null && wishes.before !== null
      ? t('wish-between', { from: timeWords(wishes.after), until: timeWords(wishes.before) })
      : wishes.after !== null
        ? t('wish-after', { time: timeWords(wishes.after) })
        : wishes.before !== null
          ? t('wish-before', { time: timeWords(wishes.before) })
          : '',
    roster.providers.find((one) => one.id === wishes.provider)?.name ?? '',
    roster.operatories.find((one) => one.id === wishes.operatory)?.name ?? '',
  ];
  return parts.filter(Boolean).join(', ');
}

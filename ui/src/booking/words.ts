import { dayMonthWords, timeWords, wallDate, wallMinute } from '../shared/dates';

/** A next visit as the desk gives it: a wall time becomes words, words stay. */
export const visitWords = (text: string): string =>
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text) ? `${dayMonthWords(wallDate(text))} ${timeWords(wallMinute(text))}` : text;

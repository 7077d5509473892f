/** Sizes and ages of backups as people say them. */

import { t } from '../words/words';

const HOUR = 60;
const DAY = 24 * HOUR;

/** `just now`, `12 minutes ago`, `3 hours ago`, `4 days ago`. */
export function ageWords(minutes: number): string {
  if (minutes < 1) return t('age-now');
  if (minutes < 2 * HOUR) return t('age-minutes', { count: minutes });
  if (minutes < 2 * DAY) return t('age-hours', { count: Math.floor(minutes / HOUR) });
  return t('age-days', { count: Math.floor(minutes / DAY) });
}

/** `3.1 MB`, by thousands as file managers count. */
export function sizeWords(bytes: number): string {
  const units = ['kB', 'MB', 'GB', 'TB'];
  let size = bytes / 1000;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size.toFixed(size < 100 ? 1 : 0)} ${units[unit]}`;
}

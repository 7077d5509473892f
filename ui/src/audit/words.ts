/** Entries of the audit as people read them. Times are the desk's own: by the clock on the practice's wall. */

import type { AuditLine, RosterView } from '../desk/api';
import { dateWords, dayMonthWords } from '../shared/dates';
import { t } from '../words/words';

const dayOf = (wall: string): string => wall.slice(0, 10);

/** `Tue 24 Nov 10:24:07`. */
export const shortMoment = (wall: string): string => `${dayMonthWords(dayOf(wall))} ${wall.slice(11)}`;

/** `Tue 24 Nov 2026 10:24:07`, or from when until when. */
export function whenWords({ wall, until_wall }: Pick<AuditLine, 'wall' | 'until_wall'>): string {
  const from = `${dateWords(dayOf(wall))} ${wall.slice(11)}`;
  if (until_wall === wall) return from;
  return t('audit-from-until', {
    from,
    until: dayOf(until_wall) === dayOf(wall) ? until_wall.slice(11) : `${dateWords(dayOf(until_wall))} ${until_wall.slice(11)}`,
  });
}

/** What was done; names of patients only where they may be seen on the screen. */
export function whatWords(entry: AuditLine, isPrivate: boolean): string {
  const words = !isPrivate && entry.told ? entry.told : `${entry.words.charAt(0).toUpperCase()}${entry.words.slice(1)}`;
  if (entry.reason) return `${words}: “${entry.reason}”`;
  return entry.times > 1 ? t('audit-times', { words, count: entry.times }) : words;
}

/** A few names, or how many they are. */
export function whoseWords(entry: AuditLine, nameOf: (name: string) => string): string {
  if (entry.patient_count > 2) return t('audit-patients', { count: entry.patient_count });
  return entry.patients.map((patient) => nameOf(patient.name)).join('; ');
}

/** What it was about, as far as that has a name: places and days. */
export function objectWords(object: string, roster: RosterView): string {
  return object
    .split(' ')
    .map((part) => (/^\d{4}-\d\d-\d\d$/.test(part) ? dateWords(part) : (roster.locations.find((one) => one.id === part)?.name ?? '')))
    .filter((words) => words !== '')
    .join(' · ');
}

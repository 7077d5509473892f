/** Equipment as people type and read it. */

import type { EquipmentNeed, EquipmentView, LocationView } from '../desk/api';
import { t } from '../words/words';

/** Pieces of one kind at one location at the most. */
export const MOST_PIECES = 99;

/** A need as it is typed: an empty field is the start or the end of the visit. */
export interface NeedText {
  equipment: string;
  from: number | null;
  until: number | null;
}

export function needTexts(needs: readonly EquipmentNeed[]): NeedText[] {
  return needs.map((need) => ({ equipment: need.equipment, from: need.from_minute || null, until: need.until_minute ?? null }));
}

/** What is wrong with a need of a visit so long, in words; null: nothing. */
export function needWrong(need: NeedText, lengthMinutes: number, others: readonly NeedText[]): string | null {
  const end = (one: NeedText): number => one.until ?? lengthMinutes;
  const from = need.from ?? 0;
  const isStep = (minute: number): boolean => Number.isInteger(minute) && minute % 5 === 0;
  if (!isStep(from) || !isStep(end(need)) || from < 0 || from >= end(need) || end(need) > lengthMinutes) {
    return t('equipment-minutes-wrong', { length: lengthMinutes });
  }
  const isTwice = others.some((other) => other.equipment === need.equipment && (other.from ?? 0) < end(need) && from < end(other));
  return isTwice ? t('equipment-twice') : null;
}

/** For the desk; null while something is wrong. */
export function readNeeds(texts: readonly NeedText[], lengthMinutes: number): EquipmentNeed[] | null {
  const isWrong = texts.some((text, at) => text.equipment === '' || needWrong(text, lengthMinutes, texts.slice(0, at)) !== null);
  if (isWrong) return null;
  return texts.map((text) => ({ equipment: text.equipment, from_minute: text.from ?? 0, until_minute: text.until }));
}

/** Two lists of needs say the same. */
export function isSameNeeds(a: readonly EquipmentNeed[], b: readonly EquipmentNeed[]): boolean {
  const text = (needs: readonly EquipmentNeed[]): string =>
    JSON.stringify(needs.map((need) => [need.equipment, need.from_minute, need.until_minute ?? null]));
  return text(a) === text(b);
}

/** “2 Lakeside, 1 Hilltop”, or that there is none anywhere. */
export function countWords(equipment: EquipmentView, locations: readonly LocationView[]): string {
  const words = equipment.counts.flatMap((count) => {
    const place = locations.find((one) => one.id === count.location);
    return place ? [`${count.pieces} ${place.name}`] : [];
  });
  return words.join(', ') || t('equipment-nowhere');
}

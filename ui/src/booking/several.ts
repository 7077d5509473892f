/** `a+t` in the field of the type: several things in one visit, the first of them its type. */

import type { AppointmentTypeView } from '../desk/api';
import { matching } from '../dialogs/matching';

/** Types by what is typed, best first; a single letter means the type with that letter. */
export function typesFor(types: AppointmentTypeView[], text: string): AppointmentTypeView[] {
  const isLetter = (type: AppointmentTypeView): boolean => type.letter.toLowerCase() === text.trim().toLowerCase();
  return matching(types, text, (type) => `${type.letter} ${type.code} ${type.name}`).sort((a, b) => Number(isLetter(b)) - Number(isLetter(a)));
}

export interface Several {
  /** What the parts before the last are; null if one of them is nothing. */
  before: AppointmentTypeView[] | null;
  /** What the last part may be. */
  options: AppointmentTypeView[];
}

/** Of `a+t`: before is the best for `a`, and the options are those for `t`. */
export function readSeveral(types: AppointmentTypeView[], text: string): Several {
  const parts = text.split('+');
  const last = parts.pop() ?? '';
  const before: AppointmentTypeView[] = [];
  for (const part of parts) {
    const rest = types.filter((one) => !before.includes(one));
    const [best] = part.trim() === '' ? [] : typesFor(rest, part);
    if (!best) return { before: null, options: [] };
    before.push(best);
  }
  return { before, options: typesFor(types.filter((one) => !before.includes(one)), last) };
}

/** What a slot is for, as a form's choice and in words. */

import type { RosterView, SlotWants } from '../desk/api';
import { t } from '../words/words';

export const wantsKey = (wants: SlotWants): string =>
  wants.kind === 'type' ? `type:${wants.id}` : wants.kind === 'class' ? `class:${wants.name}` : 'any';

export function readWants(key: string): SlotWants {
  if (key.startsWith('type:')) return { kind: 'type', id: key.slice(5) };
  if (key.startsWith('class:')) return { kind: 'class', name: key.slice(6) };
  return { kind: 'any' };
}

export interface WantsChoice {
  key: string;
  words: string;
}

/** Types in use, classes, and anything. One that is out of use stays choosable where it is chosen. */
export function wantsChoices(roster: RosterView, classes: readonly string[], chosen: SlotWants): { types: WantsChoice[]; classes: WantsChoice[]; any: WantsChoice } {
  const types = roster.appointment_types
    .filter((type) => type.is_active || (chosen.kind === 'type' && chosen.id === type.id))
    .map((type) => ({ key: `type:${type.id}`, words: type.name }));
  const known = chosen.kind === 'class' && !classes.includes(chosen.name) ? [...classes, chosen.name] : classes;
  return {
    types,
    classes: known.map((name) => ({ key: `class:${name}`, words: t('wants-class', { name }) })),
    any: { key: 'any', words: t('wants-any') },
  };
}

/** Before the desk has answered; it says the same. */
export function wantsWords(wants: SlotWants, roster: RosterView): string {
  if (wants.kind === 'any') return t('wants-any-lower');
  if (wants.kind === 'class') return t('wants-class', { name: wants.name });
  return roster.appointment_types.find((type) => type.id === wants.id)?.name ?? t('unknown-type');
}

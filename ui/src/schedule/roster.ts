/** The roster by id. */

import type { AppointmentCard, AppointmentTypeView, OperatoryView, ProviderView, RosterView } from '../desk/api';

export interface RosterIndex {
  types: ReadonlyMap<string, AppointmentTypeView>;
  providers: ReadonlyMap<string, ProviderView>;
  operatories: ReadonlyMap<string, OperatoryView>;
  /** What a card says that is done: its own type; with more, a type that is named after all of them, `Adjustment + Retainer check`. */
  typeOf: (card: Pick<AppointmentCard, 'appointment_type' | 'also'>) => AppointmentTypeView | undefined;
  /** `Bonding, Debond` */
  typeNames: (ids: readonly string[]) => string;
}

export function indexRoster(roster: RosterView): RosterIndex {
  const types = new Map(roster.appointment_types.map((type) => [type.id, type]));
  const several = new Map<string, AppointmentTypeView | undefined>();
  const severalOf = (ids: readonly string[]): AppointmentTypeView | undefined => {
    const key = ids.join();
    if (!several.has(key)) {
      const all = ids.map((id) => types.get(id));
      const [own] = all;
      const joined = (wordOf: (type: AppointmentTypeView | undefined) => string, between: string): string => all.map(wordOf).join(between);
      several.set(key, own && { ...own, name: joined((type) => type?.name ?? 'another kind', ' + '), code: joined((type) => type?.code ?? '?', '+') });
    }
    return several.get(key);
  };
  return {
    types,
    typeOf: (card) => (card.also?.length ? severalOf([card.appointment_type, ...card.also]) : types.get(card.appointment_type)),
    providers: new Map(roster.providers.map((provider) => [provider.id, provider])),
    operatories: new Map(roster.operatories.map((operatory) => [operatory.id, operatory])),
    typeNames: (ids) => ids.map((id) => types.get(id)?.name ?? 'another kind').join(', '),
  };
}

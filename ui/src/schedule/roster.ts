/** The roster by id. */

import type { AppointmentTypeView, OperatoryView, ProviderView, RosterView } from '../desk/api';

export interface RosterIndex {
  types: ReadonlyMap<string, AppointmentTypeView>;
  providers: ReadonlyMap<string, ProviderView>;
  operatories: ReadonlyMap<string, OperatoryView>;
  /** `Bonding, Debond` */
  typeNames: (ids: readonly string[]) => string;
}

export function indexRoster(roster: RosterView): RosterIndex {
  const types = new Map(roster.appointment_types.map((type) => [type.id, type]));
  return {
    types,
    providers: new Map(roster.providers.map((provider) => [provider.id, provider])),
    operatories: new Map(roster.operatories.map((operatory) => [operatory.id, operatory])),
    typeNames: (ids) => ids.map((id) => types.get(id)?.name ?? 'another kind').join(', '),
  };
}

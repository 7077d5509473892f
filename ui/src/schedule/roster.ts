/** The roster by id. */

import type { AppointmentTypeView, ProviderView, RosterView } from '../desk/api';

export interface RosterIndex {
  types: ReadonlyMap<string, AppointmentTypeView>;
  providers: ReadonlyMap<string, ProviderView>;
  /** `Bonding, Debond` */
  typeNames: (ids: readonly string[]) => string;
}

export function indexRoster(roster: RosterView): RosterIndex {
  const types = new Map(roster.appointment_types.map((type) => [type.id, type]));
  return {
    types,
    providers: new Map(roster.providers.map((provider) => [provider.id, provider])),
    typeNames: (ids) => ids.map((id) => types.get(id)?.name ?? 'another kind').join(', '),
  };
}

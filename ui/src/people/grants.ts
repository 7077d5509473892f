/** Roles and the places where they count, as a form has them and as the desk takes them. */

import type { Grant, LocationView, PermissionLine, Role } from '../desk/api';
import { t } from '../words/words';

export const ROLES: Role[] = ['super_admin', 'clinic_admin', 'doctor', 'clinical_staff', 'front_desk', 'billing', 'read_only'];

/** One role in a form. */
export interface GrantText {
  isOn: boolean;
  isEverywhere: boolean;
  /** Ids of the chosen locations. */
  places: string[];
}

export type GrantsText = Record<Role, GrantText>;

export function grantsText(grants: readonly Grant[]): GrantsText {
  const text = Object.fromEntries(ROLES.map((role) => [role, { isOn: false, isEverywhere: true, places: [] }])) as unknown as GrantsText;
  for (const { role, places } of grants) {
    const one = text[role];
    // The same role may have been given twice.
    if (places === 'everywhere') Object.assign(one, { isOn: true, isEverywhere: true });
    else {
      if (!one.isOn) one.isEverywhere = false;
      one.isOn = true;
      one.places = [...new Set([...one.places, ...places.only])];
    }
  }
  return text;
}

/** What the desk takes; null while a role has no place, or there is no role. */
export function readGrants(text: GrantsText): Grant[] | null {
  const on = ROLES.filter((role) => text[role].isOn);
  if (on.length === 0 || on.some((role) => !text[role].isEverywhere && text[role].places.length === 0)) return null;
  return on.map((role) => ({ role, places: text[role].isEverywhere ? 'everywhere' : { only: [...text[role].places] } }));
}

/** What a role may do here, in a few words: `books, changes`. By the practice's own table, which may say otherwise than usual. */
export function roleWords(role: Role, table: readonly PermissionLine[]): string {
  if (role === 'super_admin') return t('role-super_admin-about');
  const may = (permission: PermissionLine['permission']): boolean =>
    table.find((line) => line.permission === permission)?.roles.includes(role) ?? false;
  const deeds = [
    ...(role === 'clinic_admin' ? [t('role-clinic_admin-about')] : []),
    ...(may('booking:create_appointment') ? [t('role-books')] : []),
    ...(may('booking:modify_appointment') ? [t('role-changes')] : []),
    ...(may('booking:cancel_appointment') ? [t('role-cancels')] : []),
  ];
  if (deeds.length > 0) return deeds.join(', ');
  return t(may('booking:view_calendar') ? 'role-looks' : 'role-sees-nothing');
}

/** `Doctor · Clinic Admin (Lakeside)`. */
export function grantsWords(grants: readonly Grant[], locations: readonly LocationView[]): string {
  return grants
    .map(({ role, places }) => {
      if (places === 'everywhere') return t(`role-${role}`);
      const names = places.only.map((id) => locations.find((one) => one.id === id)?.name ?? t('place-gone'));
      return t('role-at', { role: t(`role-${role}`), places: names.join(', ') });
    })
    .join(' · ');
}

// Roles as a form has them and as the desk takes them.
import { expect, it } from 'vitest';
import type { PermissionLine } from '../desk/api';
import { grantsText, grantsWords, readGrants, roleWords } from './grants';
import { clinic, HILLTOP, LAKESIDE } from '../desk/fixture/clinic';

const { locations } = clinic().roster;

it('comes back as it went in', () => {
  const grants = [
    { role: 'clinic_admin' as const, places: { only: [LAKESIDE] } },
    { role: 'doctor' as const, places: 'everywhere' as const },
  ];
  expect(readGrants(grantsText(grants))).toEqual(grants);
});

it('the same role twice is one role with both places, or everywhere', () => {
  const twice = [
    { role: 'doctor' as const, places: { only: [LAKESIDE] } },
    { role: 'doctor' as const, places: { only: [HILLTOP] } },
  ];
  expect(readGrants(grantsText(twice))).toEqual([{ role: 'doctor', places: { only: [LAKESIDE, HILLTOP] } }]);
  for (const order of [[...twice, { role: 'doctor' as const, places: 'everywhere' as const }], [{ role: 'doctor' as const, places: 'everywhere' as const }, ...twice]]) {
    expect(readGrants(grantsText(order))).toEqual([{ role: 'doctor', places: 'everywhere' }]);
  }
});

it('is not complete without a role, or with a role that counts nowhere', () => {
  expect(readGrants(grantsText([]))).toBeNull();
  const text = grantsText([{ role: 'billing', places: 'everywhere' }]);
  text.billing.isEverywhere = false;
  expect(readGrants(text)).toBeNull();
});

it('says where a role counts', () => {
  expect(grantsWords([{ role: 'doctor', places: 'everywhere' }, { role: 'clinic_admin', places: { only: [LAKESIDE] } }], locations)).toBe(
    'Doctor · Clinic Admin (Lakeside)',
  );
  expect(grantsWords([{ role: 'billing', places: { only: ['gone'] } }], locations)).toBe('Billing (a location that is gone)');
});

it('says what a role may do by the table as it is', () => {
  const line = (permission: PermissionLine['permission'], ...roles: PermissionLine['roles']): PermissionLine => ({ permission, words: '', roles, is_changed: true });
  const table = [
    line('booking:view_calendar', 'super_admin', 'doctor', 'billing'),
    line('booking:create_appointment', 'super_admin', 'doctor', 'clinic_admin'),
    line('booking:cancel_appointment', 'super_admin', 'doctor'),
  ];
  expect(roleWords('doctor', table)).toBe('books, cancels');
  expect(roleWords('clinic_admin', table)).toBe('people and settings, books');
  expect(roleWords('billing', table)).toBe('looks at the calendar');
  expect(roleWords('read_only', table)).toBe('does not see the calendar');
  expect(roleWords('super_admin', table)).toContain('everything');
});

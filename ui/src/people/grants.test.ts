// Roles as a form has them and as the desk takes them.
import { expect, it } from 'vitest';
import { grantsText, grantsWords, readGrants } from './grants';
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

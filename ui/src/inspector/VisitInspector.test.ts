// One visit: under which number the patient is called, and how long each step took.
import { screen } from '@testing-library/svelte';
import { expect, it } from 'vitest';
import { mountIn, openView } from '../shell/panel.testing';
import Inspector from './Inspector.svelte';

it('shows the number at home where there is no mobile one', async () => {
  const { view } = await openView('calm');
  const [card] = view.sheet!.appointments;
  const { patient } = await view.mirror.desk.call('appointment', { id: card!.id });
  const fields = { ...patient.fields, mobile_phone: '', home_phone: '+1 555 0777' };
  await view.mirror.desk.call('update_patient', { id: patient.id, fields });
  view.selected = card!.id;
  mountIn(view, Inspector, {});
  expect(await screen.findByText('+1 555 0777')).toBeInTheDocument();
});

it('says beside each step how long it took until then', async () => {
  const { view } = await openView('calm');
  const gone = view.sheet!.appointments.find((one) => one.status === 'checked_out' && one.arrived_at && one.seated_at)!;
  const detail = await view.mirror.desk.call('appointment', { id: gone.id });
  view.selected = gone.id;
  mountIn(view, Inspector, {});
  expect(await screen.findByRole('button', { name: new RegExp(`waited ${detail.waited_minutes} min`) })).toBeInTheDocument();
  expect(screen.getByRole('button', { name: new RegExp(`in the chair ${detail.in_chair_minutes} min`) })).toBeInTheDocument();
  expect(screen.getByRole('button', { name: new RegExp(`in the house ${detail.in_house_minutes} min`) })).toBeInTheDocument();
});

// Visits that are booked where time is blocked out or somebody is taken out of use: asked about before it happens.
import { screen, waitFor } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import BlockDialog from '../dialogs/BlockDialog.svelte';
import OperatoryForm from '../settings/OperatoryForm.svelte';
import ProviderForm from '../settings/ProviderForm.svelte';
import { setStatus } from '../shell/changes';
import { mountIn, openView } from '../shell/panel.testing';
import { addDays } from '../shared/dates';

const waiting = (view: Awaited<ReturnType<typeof openView>>['view']) => view.mirror.desk.call('pinboard', {}).then((board) => board.count);

it('a block-out over booked visits names them, and lays itself over them when somebody said what becomes of them', async () => {
  const { view, asked } = await openView('calm');
  const user = userEvent.setup();
  const visit = view.sheet!.appointments.find((one) => one.status === 'scheduled')!;
  const spot = { date: visit.date, minute: visit.start_minute, operatory: visit.operatory, location: visit.location, provider: null };
  mountIn(view, BlockDialog, { detail: null, spot, length: 10, date: visit.date });
  await user.type(screen.getByLabelText('What for'), 'Repair');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  const question = await screen.findByRole('group', { name: 'Visits are booked there' });
  expect(question).toHaveTextContent(visit.patient_name);
  expect(screen.getByLabelText(/^Let them stay/)).toBeChecked();
  await user.click(screen.getByLabelText(/^They need a new time/));
  // Another wish is another question.
  await user.type(screen.getByLabelText('What for'), ' of the chair');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(asked.filter((one) => one.name === 'add_time_block')).toHaveLength(2));
  expect(asked.at(-1)!.request).not.toHaveProperty('visits', 'pin');
  await user.click(await screen.findByLabelText(/^They need a new time/));
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(async () => expect(await waiting(view)).toBe(1));
});

it('a provider and an operatory with visits ahead are taken out of use only knowingly', async () => {
  const { view } = await openView('calm');
  const user = userEvent.setup();
  const onsaved = vi.fn();
  const visit = view.sheet!.appointments.find((one) => one.status === 'scheduled')!;
  const form = mountIn(view, ProviderForm, { id: visit.provider, onsaved, onleave: () => {} });
  await user.click(screen.getByLabelText('In use'));
  await user.click(screen.getByRole('button', { name: 'Save' }));
  const name = view.mirror.roster.providers.find((one) => one.id === visit.provider)!.name;
  expect(await screen.findByText(new RegExp(`visits with ${name} are still ahead: `))).toBeVisible();
  expect(onsaved).not.toHaveBeenCalled();
  expect(view.mirror.roster.providers.find((one) => one.id === visit.provider)!.is_active).toBe(true);
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(onsaved).toHaveBeenCalled());
  expect(view.mirror.roster.providers.find((one) => one.id === visit.provider)!.is_active).toBe(false);
  expect(await waiting(view)).toBe(0);
  form.unmount();
  mountIn(view, OperatoryForm, { id: visit.operatory, onsaved, onleave: () => {} });
  await user.click(screen.getByLabelText('In use'));
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await user.click(await screen.findByLabelText(/^They need a new time/));
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(async () => expect(await waiting(view)).toBeGreaterThan(0));
});

it('a visit that is only to come is marked as done only when somebody says so', async () => {
  const { view } = await openView('calm');
  const later = await view.mirror.desk.call('day_sheet', { location: view.location!, date: addDays(view.date, 1) });
  const card = later.appointments.find((one) => one.status === 'scheduled')!;
  const left = setStatus(view, card, 'completed');
  await waitFor(() => expect(view.dialog?.kind).toBe('leave'));
  if (view.dialog?.kind !== 'leave') throw new Error('nothing is asked');
  expect(view.dialog.error.violations?.[0]?.message).toContain('nobody can be completed yet');
  view.dialog.resolve(null);
  expect(await left).toBe(false);
});

// Equipment: counted for each location, and used by types of visits.
import { screen, waitFor, within } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import type { SaveSetting } from '../desk/api';
import { mountIn, openView } from '../shell/panel.testing';
import EquipmentForm from './EquipmentForm.svelte';
import TypeForm from './TypeForm.svelte';

async function withScanner() {
  const { view, asked } = await openView('calm');
  const onsaved = vi.fn();
  const lakeside = view.locations[0]!.id;
  view.mirror.roster = await view.mirror.desk.call('save_setting', {
    kind: 'equipment',
    id: null,
    name: 'Scanner',
    counts: [{ location: lakeside, pieces: 1 }],
    is_active: true,
  });
  const scanner = view.mirror.roster.equipment![0]!.id;
  const saved = (): SaveSetting | undefined => asked.findLast((one) => one.name === 'save_setting')?.request as SaveSetting | undefined;
  return { view, asked, onsaved, scanner, lakeside, saved, user: userEvent.setup() };
}

it('says how many there are where, and is taken out of use', async () => {
  const { view, onsaved, scanner, lakeside, saved, user } = await withScanner();
  mountIn(view, EquipmentForm, { id: scanner, onsaved, onleave: () => {} });
  const place = screen.getByLabelText(view.locations[0]!.name);
  expect(place).toHaveValue(1);
  await user.clear(place);
  await user.type(place, '100');
  expect(screen.getByText('0 to 99 pieces')).toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled();
  await user.clear(place);
  await user.type(place, '2');
  await user.click(screen.getByLabelText('In use'));
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(onsaved).toHaveBeenCalled());
  expect(saved()).toMatchObject({ kind: 'equipment', id: scanner, name: 'Scanner', is_active: false });
  expect(view.mirror.roster.equipment![0]!.counts).toEqual([{ location: lakeside, pieces: 2 }]);
});

it('is used by a type for some of its minutes, and booked visits are asked about', async () => {
  const { view, onsaved, scanner, saved, user } = await withScanner();
  mountIn(view, TypeForm, { id: 'type-adj', onsaved, onleave: () => {} });
  await user.click(screen.getByRole('button', { name: 'Add equipment' }));
  const need = screen.getByRole('group', { name: 'Equipment 1' });
  expect(within(need).getByLabelText('Equipment')).toHaveValue(scanner);
  await user.type(within(need).getByLabelText('To minute'), '45');
  expect(within(need).getByText(/30 minutes/)).toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled();
  await user.clear(within(need).getByLabelText('To minute'));
  await user.type(within(need).getByLabelText('To minute'), '15');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  const dialog = await screen.findByRole('dialog', { name: 'Adjustment has booked visits' });
  expect(saved()).toMatchObject({ kind: 'equipment' });
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(onsaved).toHaveBeenCalled());
  expect(saved()).toMatchObject({
    kind: 'appointment_type',
    booked: 'leave_as_they_are',
    equipment: [{ equipment: scanner, from_minute: 0, until_minute: 15 }],
  });
});

it('is left out again by its button', async () => {
  const { view, onsaved, saved, user } = await withScanner();
  mountIn(view, TypeForm, { id: 'type-adj', onsaved, onleave: () => {} });
  await user.click(screen.getByRole('button', { name: 'Add equipment' }));
  await user.click(screen.getByRole('button', { name: 'Without equipment 1' }));
  await waitFor(() => expect(screen.getByRole('button', { name: 'Add equipment' })).toHaveFocus());
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(onsaved).toHaveBeenCalled());
  expect(saved()).toMatchObject({ kind: 'appointment_type', equipment: [] });
});

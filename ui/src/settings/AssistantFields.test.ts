// Assistants: counted for a location by period, and needed by a type of visit.
import { screen, waitFor, within } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import type { SaveSetting } from '../desk/api';
import { mountIn, openView } from '../shell/panel.testing';
import LocationForm from './LocationForm.svelte';
import TypeForm from './TypeForm.svelte';

it('are entered by weekday, and what cannot be read is not saved', async () => {
  const { view, asked } = await openView('calm');
  const onsaved = vi.fn();
  const user = userEvent.setup();
  const lakeside = view.locations[0]!.id;
  mountIn(view, LocationForm, { id: lakeside, onsaved, onleave: () => {} });
  await user.click(screen.getByText('Assistants'));
  const monday = within(screen.getByRole('group', { name: 'Assistants' })).getByLabelText('Monday');
  await user.type(monday, '8:00–12:00');
  expect(screen.getByText(/a number from 1 to 99/)).toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled();
  await user.type(monday, ' = 3, 12-17 = 2');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(onsaved).toHaveBeenCalled());
  const saved = asked.findLast((one) => one.name === 'save_setting')?.request as SaveSetting;
  expect(saved).toMatchObject({
    kind: 'location',
    id: lakeside,
    assistants: [
      { weekday: 'monday', from: '08:00', until: '12:00', count: 3 },
      { weekday: 'monday', from: '12:00', until: '17:00', count: 2 },
    ],
  });
});

it('are needed by a type, and booked visits are asked about', async () => {
  const { view, asked } = await openView('calm');
  const onsaved = vi.fn();
  const user = userEvent.setup();
  mountIn(view, TypeForm, { id: 'type-adj', onsaved, onleave: () => {} });
  const field = screen.getByLabelText('Needs an assistant');
  expect(field).toHaveValue('doctor_away');
  await user.selectOptions(field, 'For the whole visit');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  const dialog = await screen.findByRole('dialog', { name: 'Adjustment has booked visits' });
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(onsaved).toHaveBeenCalled());
  const saved = asked.findLast((one) => one.name === 'save_setting')?.request as SaveSetting;
  expect(saved).toMatchObject({ kind: 'appointment_type', assistant: 'whole_visit', booked: 'leave_as_they_are' });
});

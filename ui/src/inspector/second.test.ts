// Whoever comes second to a booked visit, changed and taken away beside it.
import { screen, waitFor } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { expect, it } from 'vitest';
import type { AppointmentCard } from '../desk/api';
import { mountIn, openView } from '../shell/panel.testing';
import Inspector from './Inspector.svelte';

/** A visit to which somebody comes second, or came until its type needed nobody any more. */
async function open(pattern: string | undefined) {
  const { view, asked } = await openView('calm');
  const [card] = view.sheet!.appointments.filter((one) => one.status === 'scheduled');
  // Where nothing stands in its way.
  const { openings } = await view.mirror.desk.call('openings', { appointment_type: card!.appointment_type, location: view.location, from: view.date, days: 1, weekdays: [], limit: 1 });
  const { at, operatory, provider } = openings[0]!;
  const moved = await view.mirror.desk.call('move_appointment', { id: card!.id, at, later_of_two: false, operatory, provider, leave: { acknowledge_warnings: true, override_reason: null } });
  const [doctor] = view.mirror.roster.providers.filter((one) => one.is_active && one.id !== provider);
  const shown: AppointmentCard = { ...moved.appointment, second_provider: doctor!.id, ...(pattern === undefined ? {} : { second_pattern: pattern }) };
  view.mirror.accept({ appointment: shown, warnings: [], undo: view.mirror.undo });
  view.selected = shown.id;
  mountIn(view, Inspector, {});
  const field = await screen.findByRole('combobox', { name: 'Second provider' });
  const cleared = () => asked.findLast((one) => one.name === 'move_appointment')?.request;
  return { view, card: shown, doctor: doctor!, field, cleared, user: userEvent.setup() };
}

it('can be nobody', async () => {
  const { view, card, doctor, field, cleared, user } = await open('//XX//');
  expect(field).toHaveValue(doctor.id);
  await user.selectOptions(field, 'Nobody yet');
  await waitFor(() => expect(cleared()).toMatchObject({ id: card.id, no_second_provider: true, second_provider: null }));
  await waitFor(() => expect(view.selectedCard?.second_provider).toBeUndefined());
  await waitFor(() => expect(view.toasts.list.at(-1)?.text).toMatch(/without a second provider$/));
});

it('can be taken from a visit that needs nobody any more, and nobody else is offered', async () => {
  const { card, field, cleared, user } = await open(undefined);
  expect(field).toHaveAccessibleDescription('This visit needs nobody second any more.');
  expect([...(field as HTMLSelectElement).options]).toHaveLength(2);
  await user.selectOptions(field, 'Nobody yet');
  await waitFor(() => expect(cleared()).toMatchObject({ id: card.id, no_second_provider: true }));
});

// The line above the day: what is in use, where nothing is left, and who has it.
import { screen, waitFor, within } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { mountIn, openView } from '../shell/panel.testing';
import CapacityStrip from './CapacityStrip.svelte';

it('is not there without equipment, and says by words and numbers what is used', async () => {
  const { view } = await openView('calm');
  const place = view.locations[0]!.id;
  const sheet = view.mirror.sheet(place, view.date)!;
  const { container, unmount } = mountIn(view, CapacityStrip, { sheet });
  expect(container.querySelector('section')).toBeNull();
  unmount();

  view.mirror.roster = await view.mirror.desk.call('save_setting', {
    kind: 'equipment',
    id: null,
    name: 'Scanner',
    counts: [{ location: place, pieces: 1 }],
    is_active: true,
  });
  const scanner = view.mirror.roster.equipment![0]!.id;
  const card = sheet.appointments.find((one) => one.status !== 'cancelled' && one.status !== 'no_show')!;
  const used = { ...card, start_minute: 600, length_minutes: 30, equipment: [{ equipment: scanner, from_minute: 0, until_minute: 15 }] };
  mountIn(view, CapacityStrip, { sheet: { ...sheet, appointments: [used] } });
  const strip = screen.getByRole('region', { name: 'In use' });
  const line = within(strip).getByRole('button', { name: /Scanner 1 piece None left 10:00–10:15/ });
  expect(line).toHaveAttribute('aria-expanded', 'false');
  const user = userEvent.setup();
  line.focus();
  await user.keyboard('{Enter}');
  await waitFor(() => expect(line).toHaveAttribute('aria-expanded', 'true'));
  const detail = within(strip).getByRole('listitem');
  expect(detail).toHaveTextContent('10:00–10:15');
  expect(detail).toHaveTextContent('1 of 1 in use');
  expect(detail).toHaveTextContent(card.patient_name);
  await user.keyboard('{Enter}');
  await waitFor(() => expect(within(strip).queryByRole('listitem')).toBeNull());
});

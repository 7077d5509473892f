// A patient on the board: what is heard, and that a no-show is only ever suggested.
import { screen, waitFor } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { indexRoster } from '../schedule/roster';
import { mountIn, openView } from '../shell/panel.testing';
import FlowCard from './FlowCard.svelte';

async function open(minutesLater: number, scene = '') {
  const { view, asked } = await openView(scene);
  const card = view.sheet!.appointments.find((one) => one.status === 'confirmed')!;
  const now = { minute: card.start_minute + minutesLater, instant: 0 };
  mountIn(view, FlowCard, { card, index: indexRoster(view.mirror.roster), now, isTabStop: true });
  return { view, asked, card, user: userEvent.setup() };
}

describe('a patient on the board', () => {
  it('is heard with the name, how late, when, what and where', async () => {
    const { card } = await open(7);
    const row = screen.getByRole('button', { name: new RegExp(card.patient_name) });
    expect(row).toHaveAccessibleName(/7 min late/);
    expect(row).toHaveAccessibleName(/Confirmed/);
    expect(screen.queryByRole('button', { name: 'No-show?' })).toBeNull();
  });

  it('who does not come is suggested as a no-show, and is one only when somebody says so', async () => {
    const { asked, card, user } = await open(45);
    expect(asked.some((one) => one.name === 'set_status')).toBe(false);
    await user.click(screen.getByRole('button', { name: 'No-show?' }));
    await waitFor(() => expect(asked).toContainEqual({ name: 'set_status', request: expect.objectContaining({ id: card.id, status: 'no_show' }) }));
  });

  it('takes no step for a role that may not, and says why', async () => {
    const { asked, view, user } = await open(0, 'read-only');
    await user.click(screen.getByRole('button', { name: 'Arrived' }));
    expect(asked.some((one) => one.name === 'set_status')).toBe(false);
    expect(view.toasts.list).toHaveLength(1);
  });
});

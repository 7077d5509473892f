// New times for many visits: the plan, leaving some out, and one step for the rest.
import { screen, waitFor, within } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { RescheduleVisits } from '../desk/api';
import { type Asked, mountIn, openView } from '../shell/panel.testing';
import RescheduleDialog from './RescheduleDialog.svelte';

async function open(change: { provider?: string; visits?: string[] } = {}) {
  const opened = await openView();
  const { view } = opened;
  const booked = view.mirror.roster.providers.find((one) => one.is_active)!;
  mountIn(view, RescheduleDialog, { provider: change.provider ?? booked.id, date: '2026-11-25', visits: change.visits ?? [] });
  return { ...opened, provider: booked.id, user: userEvent.setup() };
}

const planned = (asked: Asked[]): unknown[] => asked.filter((one) => one.name === 'plan_rescheduling').map((one) => one.request);

const apply = (): Promise<HTMLElement> => screen.findByRole('button', { name: /^Move \d+ visits?/ });

describe('new times for many visits', () => {
  it('shows for each visit where it is, where it goes and what that changes', async () => {
    const { asked, provider } = await open();
    const table = await screen.findByRole('table');
    expect(planned(asked)).toEqual([{ provider, date: '2026-11-25', visits: [], days: 28, may_change_provider: false }]);
    const rows = within(table).getAllByRole('row').slice(1);
    expect(rows.length).toBeGreaterThan(1);
    expect(within(rows[0]!).getByRole('checkbox')).toBeChecked();
    expect(rows[0]).toHaveTextContent(/25 Nov/);
    expect(rows[0]).toHaveTextContent(/(earlier|later|same time)/);
    expect(screen.getByText(/No other plan disturbs less\./)).toBeInTheDocument();
  });

  it('plans anew when the wishes change', async () => {
    const { asked, user } = await open();
    await screen.findByRole('table');
    await user.click(screen.getByLabelText('Other providers may take over'));
    await waitFor(() => expect(planned(asked).at(-1)).toMatchObject({ may_change_provider: true }));
    await user.selectOptions(screen.getByLabelText('New times within'), '7 days');
    await waitFor(() => expect(planned(asked).at(-1)).toMatchObject({ days: 7 }));
  });

  it('moves all but those that were left out, in one step', async () => {
    const { asked, user, view } = await open();
    const table = await screen.findByRole('table');
    const all = within(table).getAllByRole('checkbox');
    await user.click(all[0]!);
    expect(all[0]).not.toBeChecked();
    expect(within(table).getByText('stays')).toBeInTheDocument();
    await user.type(screen.getByLabelText(/^Why, for the history/), 'ill');
    const button = await apply();
    await waitFor(() => expect(button).toBeEnabled());
    await user.click(button);
    await waitFor(() => expect(asked.filter((one) => one.name === 'reschedule_visits')).toHaveLength(1));
    const request = asked.find((one) => one.name === 'reschedule_visits')!.request as RescheduleVisits;
    expect(request.reason).toBe('ill');
    expect(request.moves).toHaveLength(all.length - 1);
    expect(request.moves[0]).toMatchObject({ from: expect.stringMatching(/^2026-11-25T\d\d:\d\d$/) as string });
    await waitFor(() => expect(view.polite).toMatch(/new times?/));
  });

  it('says what is wrong with a day, and moves nobody', async () => {
    const { user } = await open();
    await screen.findByRole('table');
    const day = screen.getByLabelText('Day that cannot be kept');
    await user.clear(day);
    await user.type(day, 'some day');
    expect(await screen.findByText(/This date cannot be read/)).toBeInTheDocument();
    await waitFor(() => expect(screen.queryByRole('table')).not.toBeInTheDocument());
    expect(screen.getByRole('button', { name: 'Move visits' })).toBeDisabled();
  });

  it('names those for whom there is no new time', async () => {
    const { view } = await open();
    const table = await screen.findByRole('table');
    const ill = within(table).getAllByRole('row').slice(1);
    expect(ill.length).toBeGreaterThan(0);
    // In the fixture a visit that has begun cannot go anywhere.
    const card = view.mirror.sheet(view.location!, view.date)?.appointments.find((one) => one.status === 'seated');
    expect(card).toBeDefined();
    const plan = await view.mirror.desk.call('plan_rescheduling', {
      provider: card!.provider, date: card!.date, visits: [], days: 28, may_change_provider: false,
    });
    expect(plan.left.map((one) => [one.visit.id, one.why])).toContainEqual([card!.id, 'has begun already']);
  });
});

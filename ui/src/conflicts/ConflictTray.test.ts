// The tray: both sides with who, when and where, and every way out.
import { screen, waitFor, within } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { mountIn, openView } from '../shell/panel.testing';
import ConflictTray from './ConflictTray.svelte';

async function open(scene = '') {
  const { view, asked } = await openView(scene);
  view.openConflicts();
  await view.mirror.askConflicts();
  mountIn(view, ConflictTray, {});
  return { view, asked, user: userEvent.setup() };
}

describe('the conflict tray', () => {
  it('tells both sides: who, when, which workstation, and which was first', async () => {
    await open();
    const card = screen.getByRole('article', { name: /^Op 5 is double-booked Tue 24 Nov/ });
    expect(within(card).getByText('was first')).toBeInTheDocument();
    expect(within(card).getByText('Mara Reyes, Front desk 1, 10:24')).toBeInTheDocument();
    expect(within(card).getByText('Amara Bello, Front desk 2, 09:58')).toBeInTheDocument();
    expect(within(card).getAllByRole('button', { name: /^Move to/ })).toHaveLength(4);
  });

  it('moves one side to a way out', async () => {
    const { user, asked, view } = await open();
    const [first] = screen.getAllByRole('button', { name: /^Move to/ });
    await user.click(first!);
    await waitFor(() => expect(asked.some((one) => one.name === 'move_appointment')).toBe(true));
    await waitFor(() => expect(view.mirror.conflictCount).toBe(0));
    expect(await screen.findByText(/^Nothing needs attention/)).toBeInTheDocument();
  });

  it('says who had confirmed, and what each way out changes', async () => {
    await open();
    const card = screen.getByRole('article', { name: /^Op 5 is double-booked/ });
    expect(within(card).getByText(/^Patient confirmed/)).toBeInTheDocument();
    expect(within(card).getByText('Not confirmed yet')).toBeInTheDocument();
    const buttons = within(card).getAllByRole('button', { name: /^Move to/ });
    const keys = buttons.map((button) => button.getAttribute('aria-keyshortcuts'));
    expect([...keys].sort()).toEqual(['1', '2', '3', '4']);
    expect(within(card).getAllByText(/(earlier|later)/).length).toBeGreaterThan(0);
  });

  it('takes the way out of a number by its key, while the card has the focus', async () => {
    const { user, asked, view } = await open();
    const card = screen.getByRole('article', { name: /^Op 5 is double-booked/ });
    card.focus();
    await user.keyboard('1');
    await waitFor(() => expect(asked.find((one) => one.name === 'move_appointment')).toMatchObject({ request: { id: 'visit-clash' } }));
    await waitFor(() => expect(view.mirror.conflictCount).toBe(0));
    expect(view.polite).toMatch(/moved|Moved/);
  });

  it('says so when there is no way out of that number, and leaves digits in the reason alone', async () => {
    const { user, asked, view } = await open();
    const card = screen.getByRole('article', { name: /^Op 5 is double-booked/ });
    card.focus();
    await user.keyboard('9');
    expect(view.polite).toMatch(/no way out number 9/);
    await user.click(screen.getByRole('button', { name: 'Keep both with a reason…' }));
    await user.type(screen.getByLabelText('Why may both stay?'), '2 siblings');
    expect(screen.getByLabelText('Why may both stay?')).toHaveValue('2 siblings');
    expect(asked.some((one) => one.name === 'move_appointment')).toBe(false);
  });

  it('keeps both only with a reason', async () => {
    const { user, asked } = await open();
    await user.click(screen.getByRole('button', { name: 'Keep both with a reason…' }));
    expect(screen.getByRole('button', { name: 'Keep both' })).toBeDisabled();
    await user.type(screen.getByLabelText('Why may both stay?'), 'Siblings share the chair{Enter}');
    await waitFor(() =>
      expect(asked.at(-1)).toMatchObject({ name: 'keep_both', request: { reason: 'Siblings share the chair' } }),
    );
  });

  it('lets a person choose between two values', async () => {
    const { user, asked } = await open();
    const card = screen.getByRole('article', { name: /^Two mobile phones/ });
    expect(within(card).getByText('shows now')).toBeInTheDocument();
    await user.click(within(card).getAllByRole('button', { name: 'Take this one' })[1]!);
    await waitFor(() =>
      expect(asked.find((one) => one.name === 'choose_value')).toMatchObject({ request: { key: 'field:phone', value: 'b' } }),
    );
  });

  it('shows a side on the calendar', async () => {
    const { user, view } = await open();
    view.goTo('2026-12-01');
    await user.click(screen.getAllByRole('button', { name: 'Show' })[1]!);
    await waitFor(() => expect(view.selected).toBe('visit-clash'));
    expect(view.date).toBe('2026-11-24');
  });

  it('teaches what it is for when it is empty', async () => {
    await open('calm');
    expect(screen.getByText(/both visits stay and you decide here/)).toBeInTheDocument();
  });
});

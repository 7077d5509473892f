// Limits and weights, as an administrator sets them.
import { screen, waitFor, within } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import type { SaveSetting } from '../desk/api';
import { mountIn, openView } from '../shell/panel.testing';
import OpeningsForm from './OpeningsForm.svelte';

async function open() {
  const { view, asked } = await openView('calm');
  const onsaved = vi.fn();
  mountIn(view, OpeningsForm, { onsaved });
  const saved = (): SaveSetting | undefined => asked.findLast((one) => one.name === 'save_setting')?.request as SaveSetting | undefined;
  return { view, saved, onsaved, user: userEvent.setup() };
}

describe('limits', () => {
  it('are added by keyboard and taken away', async () => {
    const { view, user, saved, onsaved } = await open();
    // The fixture has one: six an hour of Dr Chen.
    expect(screen.getAllByLabelText('Visits an hour')).toHaveLength(1);
    await user.click(screen.getByRole('button', { name: 'Add a limit' }));
    const whom = screen.getAllByLabelText('Provider')[1]!;
    await waitFor(() => expect(whom).toHaveFocus());
    await user.selectOptions(screen.getAllByLabelText('Type')[1]!, 'type-adj');
    expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled();
    await user.type(screen.getAllByLabelText('Visits an hour')[1]!, '2');
    await user.click(screen.getByRole('button', { name: /^Remove the limit: Dr .*, Every type$/ }));
    await waitFor(() => expect(screen.getByRole('button', { name: 'Add a limit' })).toHaveFocus());
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(onsaved).toHaveBeenCalled());
    expect(saved()).toMatchObject({ kind: 'practice', name: 'Lakeside Orthodontics', limits: [{ provider: null, appointment_type: 'type-adj', most: 2 }] });
    await waitFor(() => expect(view.mirror.practice?.limits).toEqual([{ provider: null, appointment_type: 'type-adj', most: 2 }]));
  });

  it('say what cannot be', async () => {
    const { user } = await open();
    const most = screen.getByLabelText('Visits an hour');
    await user.clear(most);
    await user.type(most, '61');
    expect(screen.getByText('A number from 1 to 60')).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled();
    await user.click(screen.getByRole('button', { name: 'Add a limit' }));
    await user.selectOptions(screen.getAllByLabelText('Provider')[1]!, 'prov-chen');
    expect(screen.getByText('There is a limit for these already')).toBeInTheDocument();
  });
});

describe('weights', () => {
  it('are chosen in words and saved whole', async () => {
    const { user, saved, onsaved } = await open();
    const load = screen.getByRole('group', { name: 'The doctor with less to do that day' });
    expect(within(load).getByRole('button', { name: 'Little' })).toHaveAttribute('aria-pressed', 'true');
    await user.click(within(load).getByRole('button', { name: 'Much' }));
    expect(within(load).getByRole('button', { name: 'Much' })).toHaveAttribute('aria-pressed', 'true');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(onsaved).toHaveBeenCalled());
    const weights = (saved() as Extract<SaveSetting, { kind: 'practice' }>).weights!;
    expect(weights).toHaveLength(7);
    expect(weights).toContainEqual({ factor: 'load', weight: 'much' });
    expect(weights).toContainEqual({ factor: 'lead_time', weight: 'first' });
  });
});

// The pinboard: whose visits, and the keys that put one there and open it.
import { screen, waitFor } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { actionFor } from '../actions/dispatch';
import { action } from '../actions/table';
import { mountIn, openView } from '../shell/panel.testing';
import PinboardPanel from './PinboardPanel.svelte';

const key = (letter: string, shiftKey = false) => actionFor({ key: letter, code: '', ctrlKey: false, metaKey: false, shiftKey, altKey: false })?.id;

describe('the pinboard', () => {
  it('keeps what one put there apart from what others did', async () => {
    const { view } = await openView('calm');
    expect([key('p'), key('P', true), key('r')]).toEqual(['pin', 'pinboard', 'change-series']);
    mountIn(view, PinboardPanel, {});
    expect(await screen.findByText('No visit needs a new time.')).toBeVisible();
    expect(screen.queryByRole('group', { name: 'Whose' })).toBeNull();

    const [mine, another] = view.sheet!.appointments.filter((one) => one.status === 'scheduled');
    view.selected = mine!.id;
    action('pin').run(view);
    await waitFor(() => expect(view.polite).toContain('need a new time'));
    const absence = { target: { kind: 'provider' as const, id: another!.provider }, location: another!.location, first: another!.date, last: another!.date };
    await view.mirror.desk.call('enter_absence', { ...absence, is_everywhere: false, from: null, until: null, reason: 'ill', title: '' });
    const user = userEvent.setup();
    await user.click(await screen.findByRole('button', { name: 'Put here by me (1)' }));
    expect(screen.getAllByRole('article').map((one) => one.getAttribute('aria-label'))).toEqual([mine!.patient_name]);
    await user.click(screen.getByRole('button', { name: /^Everybody’s/ }));
    await waitFor(() => expect(screen.getAllByRole('article').length).toBeGreaterThan(1));
  });
});

describe('several visits of a series', () => {
  it('are changed with one key, and what is none says so', async () => {
    const { view } = await openView('calm');
    const card = view.sheet!.appointments.find((one) => one.status === 'scheduled')!;
    view.selected = card.id;
    action('change-series').run(view);
    await waitFor(() => expect(view.assertive).toContain('is not one of a series'));
    expect(view.dialog).toBeNull();
  });
});

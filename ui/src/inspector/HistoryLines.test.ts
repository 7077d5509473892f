// What was done to a visit, and what was there before.
import { screen, within } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { expect, it } from 'vitest';
import type { HistoryEntry } from '../desk/api';
import { mountIn, openView } from '../shell/panel.testing';
import HistoryLines from './HistoryLines.svelte';

it('says field by field what was before, where that is known', async () => {
  const { view } = await openView();
  const by = { person: 'Maria Reyes', initials: 'MR', workstation: 'Front desk 1', at: '2026-11-24T15:00:00Z' };
  const plain = { by, reason: '', is_undone: false };
  const entries: HistoryEntry[] = [
    {
      ...plain,
      id: 'two',
      op: 'change_provider',
      words: 'Rivera, Ana: now with Priya Nair, before with Mei Chen',
      differences: [{ subject: 'Rivera, Ana', field: 'provider', before: 'Mei Chen', after: 'Priya Nair' }],
    },
    { ...plain, id: 'one', op: 'book_appointment', words: 'Booked Rivera, Ana', differences: [] },
  ];
  mountIn(view, HistoryLines, { entries, location: view.location });
  const [changed, booked] = screen.getAllByRole('listitem');
  expect(within(booked!).queryByText('Before and after')).toBeNull();
  await userEvent.setup().click(within(changed!).getByText('Before and after'));
  expect(within(changed!).getByText('provider')).toBeVisible();
  expect(within(changed!).getByText('Mei Chen')).toBeVisible();
  expect(within(changed!).getByText('Priya Nair')).toBeVisible();
});

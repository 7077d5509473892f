// A day as it was: what is asked, what is told, and that nothing of today can be changed from it.
import { screen, waitFor } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { action } from '../actions/table';
import { mountIn, openView } from '../shell/panel.testing';
import PastPage from './PastPage.svelte';

async function open() {
  const { view, asked } = await openView();
  view.select(view.mirror.sheet(view.location ?? '', view.date)?.appointments[0]?.id ?? null);
  action('past').run(view);
  mountIn(view, PastPage, {});
  const requests = () => asked.filter((one) => one.name === 'day_as_of').map((one) => one.request as { date: string; at: string });
  return { view, requests, user: userEvent.setup() };
}

it('shows the day as it was at eight, marked as the past, with nothing chosen', async () => {
  const { view, requests } = await open();
  expect(view.selected).toBeNull();
  expect(await screen.findByText(/This is the past: the day as it was on .*8:00/)).toBeInTheDocument();
  expect(requests()).toEqual([{ location: view.location, date: view.date, at: `${view.date}T08:00`, later_of_two: false }]);
  expect(screen.getByRole('table')).toBeInTheDocument();
  expect(screen.getByText(/Mei Tanaka · Front desk 2/)).toBeInTheDocument();
  // No key of a visit has anything to work on.
  expect(action('cancel').enabled(view)).toBe(false);
});

it('asks for another time, and says what cannot be read', async () => {
  const { requests, user, view } = await open();
  await screen.findByRole('table');
  const time = screen.getByRole('textbox', { name: 'at' });
  await user.clear(time);
  await user.type(time, 'soon{Enter}');
  expect(await screen.findByText('Write a date such as 24 Nov and a time such as 8:00.')).toBeInTheDocument();
  await user.clear(time);
  await user.type(time, '9:30{Enter}');
  await waitFor(() => expect(requests().at(-1)?.at).toBe(`${view.date}T09:30`));
  await waitFor(() => expect(screen.queryByText(/^Write a date such as/)).toBeNull());
});

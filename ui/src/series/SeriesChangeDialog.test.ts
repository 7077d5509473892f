// What is asked of several visits of a series at once.
import { screen, waitFor } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { expect, it } from 'vitest';
import type { VisitSeries } from '../desk/api';
import { mountIn, openView } from '../shell/panel.testing';
import SeriesChangeDialog from './SeriesChangeDialog.svelte';

it('gives all of them another second provider, or none', async () => {
  const { view, asked } = await openView('calm');
  const [one] = view.sheet!.appointments.filter((card) => card.status === 'scheduled');
  const [doctor, other] = view.mirror.roster.providers.filter((provider) => provider.is_active && provider.id !== one!.provider);
  const card = { ...one!, second_pattern: '//XX//', second_provider: doctor!.id };
  const series: VisitSeries = { id: 'series-1', rule: 'every 6 weeks', position: 1, visits: [] };
  mountIn(view, SeriesChangeDialog, { card, series });
  const user = userEvent.setup();
  const planned = () => asked.findLast((call) => call.name === 'plan_series_change')?.request;
  const field = screen.getByRole('combobox', { name: 'Second provider' });
  await user.selectOptions(field, other!.name);
  await waitFor(() => expect(planned()).toMatchObject({ scope: 'following', second_provider: other!.id, no_second_provider: false }));
  await user.selectOptions(field, 'Nobody yet');
  await waitFor(() => expect(planned()).toMatchObject({ second_provider: null, no_second_provider: true }));
  await waitFor(() => expect(screen.getByRole('button', { name: 'Change time, place or kind' })).toBeEnabled());
  await user.click(screen.getByRole('button', { name: 'Change time, place or kind' }));
  await waitFor(() => expect(asked.find((call) => call.name === 'change_series')?.request).toMatchObject({ no_second_provider: true }));
});

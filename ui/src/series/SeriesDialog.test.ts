// A booking that comes again has everything in each visit that the booking has.
import { screen, waitFor } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { mountIn, openView } from '../shell/panel.testing';
import SeriesDialog from './SeriesDialog.svelte';

describe('a series', () => {
  it('repeats all that is done in the visit', async () => {
    const { view, asked } = await openView();
    const booking = view.startBooking(null, null);
    const found = await view.mirror.desk.call('find_patients', { text: 'sharma', limit: 1 });
    await booking.choosePatient(found.hits[0]!);
    await booking.chooseType(booking.types.find((type) => type.code === 'ADJ')!);
    await booking.chooseAlso(['type-ret']);
    await booking.look('2026-11-30');
    await booking.chooseOpening(booking.openings![0]!);
    booking.isAsap = true;
    booking.comesEarly = 10;
    booking.laterOfTwo = true;
    mountIn(view, SeriesDialog, { booking });
    expect(screen.getByText(/Adjustment \+ Retainer check/)).toBeInTheDocument();
    await waitFor(() => expect(asked.findLast((one) => one.name === 'plan_series')?.request).toMatchObject({ appointment_type: 'type-adj', also: ['type-ret'] }));
    const user = userEvent.setup();
    await waitFor(() => expect(screen.getByRole('button', { name: 'Book all' })).toBeEnabled());
    await user.click(screen.getByRole('button', { name: 'Book all' }));
    await waitFor(() =>
      expect(asked.find((one) => one.name === 'book_series')?.request).toMatchObject({
        also: ['type-ret'],
        pattern: null,
        is_asap: true,
        arrive_early_minutes: 10,
        later_of_two: true,
      }),
    );
  });
});

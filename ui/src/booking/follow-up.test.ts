// What comes next: offered after a visit is done or booked, one key, everything filled in.
import { screen, waitFor } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { actionFor } from '../actions/dispatch';
import { action } from '../actions/table';
import { setStatus } from '../shell/changes';
import { mountIn, openView } from '../shell/panel.testing';
import { addDays } from '../shared/dates';
import BookingPanel from './BookingPanel.svelte';

async function withAdjustment() {
  const { view, asked } = await openView('calm');
  const card = view.sheet!.appointments.find((one) => one.appointment_type === 'type-adj' && ['scheduled', 'confirmed'].includes(one.status));
  expect(card).toBeDefined();
  view.selected = card!.id;
  return { view, asked, card: card! };
}

describe('what comes next', () => {
  it('is one key with a visit selected', async () => {
    const { view, card } = await withAdjustment();
    expect(actionFor({ key: 'N', code: '', ctrlKey: false, metaKey: false, shiftKey: true, altKey: false })?.id).toBe('follow-up');
    expect(action('follow-up').enabled(view)).toBe(true);
    action('follow-up').run(view);
    await waitFor(() => expect(view.polite).toMatch(/Adjustment in 6 weeks\. \d+ free times\./));
    if (view.panel.kind !== 'booking') throw new Error(view.panel.kind);
    const { booking } = view.panel;
    expect(booking.patient?.id).toBe(card.patient);
    expect(booking.type?.id).toBe('type-adj');
    const due = addDays(card.date, 42);
    expect(view.date).toBe(due);
    expect(booking.openings!.every((one) => one.at >= due)).toBe(true);
    mountIn(view, BookingPanel, { booking });
    await userEvent.setup().click((await screen.findAllByRole('button', { name: /leaves no short gap/ }))[0]!);
    await waitFor(() => expect(screen.getByRole('button', { name: 'Book' })).toBeEnabled());
  });

  it('is offered when the visit is done', async () => {
    const { view, card } = await withAdjustment();
    for (const status of ['arrived', 'seated'] as const) {
      await setStatus(view, view.mirror.card(card.id)!, status);
      expect(view.toasts.list.at(-1)?.next).toBeNull();
    }
    await setStatus(view, view.mirror.card(card.id)!, 'completed');
    const offer = view.toasts.list.at(-1)?.next;
    expect(offer?.label).toBe('Adjustment in 6 weeks');
    expect(view.polite).toContain('Shift+N books Adjustment in 6 weeks.');
    offer!.run();
    await vi.waitFor(() => expect(view.panel.kind).toBe('booking'));
  });

  it('is not there for a type after which nothing comes', async () => {
    const { view } = await openView('calm');
    const card = view.sheet!.appointments.find((one) => one.appointment_type === 'type-rec');
    expect(card).toBeDefined();
    view.selected = card!.id;
    expect(action('follow-up').enabled(view)).toBe(false);
  });
});

// What is done in a booked visit, shown and changed beside it.
import { screen, waitFor, within } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { AppointmentCard } from '../desk/api';
import { indexRoster } from '../schedule/roster';
import { wallTime } from '../shared/dates';
import { mountIn, openView } from '../shell/panel.testing';
import Inspector from './Inspector.svelte';

/** A booked adjustment that has the five minutes that a retainer check takes, or one that gets into somebody’s way. */
async function open(isFree: boolean) {
  const { view, asked } = await openView('calm');
  const cards = view.sheet!.appointments.filter((one) => one.status === 'scheduled' && one.appointment_type === 'type-adj');
  const clashes = async (one: AppointmentCard): Promise<boolean> => {
    const { violations } = await view.mirror.desk.call('check_placement', {
      appointment: one.id,
      patient: one.patient,
      appointment_type: one.appointment_type,
      at: wallTime(one.date, one.start_minute),
      operatory: one.operatory,
      provider: one.provider,
      also: ['type-ret'],
    });
    return violations.length > 0;
  };
  let card: AppointmentCard | undefined;
  if (isFree) {
    [card] = cards;
    const { openings } = await view.mirror.desk.call('openings', { appointment_type: 'type-adj', also: ['type-ret'], location: view.location, from: view.date, days: 1, weekdays: [], limit: 1 });
    const { at, operatory, provider } = openings[0]!;
    const moved = await view.mirror.desk.call('move_appointment', { id: card!.id, at, later_of_two: false, operatory, provider, leave: { acknowledge_warnings: false, override_reason: null } });
    view.mirror.accept(moved);
  } else {
    for (const one of cards) if (!card && (await clashes(one))) card = one;
  }
  view.selected = card!.id;
  mountIn(view, Inspector, {});
  const group = within(await screen.findByRole('group', { name: 'Done in the same visit' }));
  const changes = () => asked.filter((one) => one.name === 'change_procedures').map((one) => one.request as { id: string; also: string[] });
  const user = userEvent.setup();
  const add = async (): Promise<void> => {
    group.getByRole('button', { name: 'Add a procedure' }).focus();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(group.getByRole('combobox')).toHaveFocus());
    await user.keyboard('ret');
    await group.findByRole('option', { name: /Retainer check/ });
  };
  return { view, card: card!, group, changes, user, add };
}

describe('procedures of a booked visit', () => {
  it('are added by key, and the visit takes the time of all of them', async () => {
    const { view, card, group, changes, user, add } = await open(true);
    await add();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(changes()).toMatchObject([{ id: card.id, also: ['type-ret'] }]));
    await group.findByText('+ Retainer check');
    await waitFor(() => expect(view.selectedCard?.length_minutes).toBe(35));
    const { typeOf } = indexRoster(view.mirror.roster);
    expect(typeOf(view.selectedCard!)).toMatchObject({ name: 'Adjustment + Retainer check', code: 'ADJ+RET', letter: 'A' });
    await user.click(group.getByRole('button', { name: 'Leave out Retainer check' }));
    await waitFor(() => expect(view.selectedCard?.length_minutes).toBe(30));
    expect(changes().at(-1)?.also).toEqual([]);
  });

  it('Esc in the field goes back to the button and changes nothing', async () => {
    const { group, changes, user, add } = await open(true);
    await add();
    await user.keyboard('{Escape}{Escape}');
    await waitFor(() => expect(group.getByRole('button', { name: 'Add a procedure' })).toHaveFocus());
    expect(changes()).toEqual([]);
  });

  it('that do not fit are asked about, and stay out if the answer is no', async () => {
    const { view, card, group, user, add } = await open(false);
    await add();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(view.dialog?.kind).toBe('leave'));
    if (view.dialog?.kind === 'leave') view.dialog.resolve(null);
    await waitFor(() => expect(group.queryByText('+ Retainer check')).toBeNull());
    expect(view.selectedCard?.length_minutes).toBe(card.length_minutes);
  });
});

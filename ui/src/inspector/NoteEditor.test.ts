// A note belongs to the visit it was written for, whatever is chosen by the time it is saved.
import { screen, waitFor } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { mountIn, openView } from '../shell/panel.testing';
import Inspector from './Inspector.svelte';

async function open() {
  const { view, asked } = await openView('calm');
  const [first, second] = view.sheet!.appointments.filter((card) => !card.has_note && card.status === 'scheduled');
  view.selected = first!.id;
  mountIn(view, Inspector, {});
  const field = await screen.findByRole('textbox', { name: 'Note' });
  const saved = () => asked.filter((one) => one.name === 'edit_appointment').map((one) => one.request as { id: string; note: string });
  return { view, first: first!, second: second!, field, saved, user: userEvent.setup() };
}

describe('a note', () => {
  it('is kept for its own visit when another is chosen while it is open', async () => {
    const { view, first, second, field, saved, user } = await open();
    await user.type(field, 'Asked about a sports guard');
    view.selected = second.id;
    await waitFor(() => expect(saved()).toMatchObject([{ id: first.id, note: 'Asked about a sports guard' }]));
    expect(saved()).toHaveLength(1);
  });

  it('is saved with Ctrl+Enter, once', async () => {
    const { first, field, saved, user } = await open();
    await user.type(field, 'Late{Control>}{Enter}{/Control}');
    await user.tab();
    await waitFor(() => expect(saved()).toMatchObject([{ id: first.id, note: 'Late' }]));
  });

  it('goes back with Esc and saves nothing', async () => {
    const { field, saved, user } = await open();
    await user.type(field, 'No{Escape}');
    await user.tab();
    expect(field).toHaveValue('');
    expect(saved()).toEqual([]);
  });

  it('does not overwrite unseen what another desk wrote meanwhile', async () => {
    const { view, first, field, saved, user } = await open();
    await user.type(field, 'Mine');
    await view.mirror.desk.call('edit_appointment', { id: first.id, note: 'Theirs', is_asap: null });
    expect(await screen.findByText('Meanwhile somebody else wrote: “Theirs”')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Keep mine' }));
    await waitFor(() => expect(saved().at(-1)?.note).toBe('Mine'));
  });

  it('has the focus when asked for before the desk has answered', async () => {
    const { view, hold } = await openView('calm');
    const answer = hold('appointment');
    const [visit] = view.sheet!.appointments.filter((card) => card.status === 'scheduled');
    view.select(visit!.id);
    mountIn(view, Inspector, {});
    view.writeNote();
    await screen.findByRole('heading', { name: visit!.patient_name });
    expect(screen.queryByRole('textbox', { name: 'Note' })).toBeNull();
    answer();
    expect(await screen.findByRole('textbox', { name: 'Note' })).toHaveFocus();
  });

  it('does not take the focus later, where a booking stood in its place when it was asked for', async () => {
    const { view } = await openView('calm');
    const [visit] = view.sheet!.appointments.filter((card) => card.status === 'scheduled');
    view.select(visit!.id);
    view.startBooking(null);
    view.writeNote();
    mountIn(view, Inspector, {});
    view.panel = { kind: 'none' };
    expect(await screen.findByRole('textbox', { name: 'Note' })).not.toHaveFocus();
  });
});

// What was set aside: an administrator lets it in with a reason; what nobody signed has no button.
import { render, screen, waitFor, within } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import App from '../App.svelte';
import { deskOver } from '../desk/client';
import { fixtureHost } from '../desk/fixture/host';
import { Mirror } from '../desk/mirror.svelte';

async function openPeople() {
  const mirror = new Mirror(deskOver(fixtureHost({})));
  render(App, { mirror });
  const user = userEvent.setup();
  await waitFor(() => expect(mirror.hello).not.toBeNull());
  await user.keyboard('{Control>},{/Control}');
  await user.click(await screen.findByRole('tab', { name: 'People' }));
  return { user, aside: await screen.findByRole('region', { name: 'Set aside' }) };
}

describe('what was set aside', () => {
  it('is let in with a reason', async () => {
    const { user, aside } = await openPeople();
    const open = within(aside).getByRole('button', { name: 'Let in: Book a visit · Theo Lindqvist' });
    expect(within(aside).getAllByRole('button')).toHaveLength(1);
    expect(aside).toHaveTextContent('Let in by Dr Mei Chen as soon as the relay has it');
    await user.click(open);
    const dialog = await screen.findByRole('dialog', { name: 'Let this in?' });
    expect(dialog).toHaveTextContent('Bo Halvorsen, Front desk 2');
    expect(within(dialog).getByRole('button', { name: 'Let in' })).toBeDisabled();
    await user.type(within(dialog).getByLabelText('Why is it let in?'), 'ok{Enter}');
    await waitFor(() => expect(within(dialog).getByRole('alert')).toHaveTextContent('Say in a few words why this is let in.'));
    await user.type(within(dialog).getByLabelText('Why is it let in?'), ' for the doctor{Enter}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await waitFor(() => expect(aside).toHaveTextContent('let in by Mara Reyes: ok for the doctor'));
    expect(within(aside).queryByRole('button')).toBeNull();
  });
});

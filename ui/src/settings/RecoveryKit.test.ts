// The recovery kit: made and shown once, how it stands, and what it is for at the sign-in and at the start.
import { render, screen, waitFor, within } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import App from '../App.svelte';
import { deskOver } from '../desk/client';
import { fixtureHost } from '../desk/fixture/host';
import { Mirror } from '../desk/mirror.svelte';

function open(scene = '') {
  const mirror = new Mirror(deskOver(fixtureHost({ scene })));
  render(App, { mirror });
  return { mirror, user: userEvent.setup() };
}

describe('the recovery kit', () => {
  it('is made, shown once, and gives an administrator a new passphrase', async () => {
    const { user, mirror } = open();
    await waitFor(() => expect(mirror.hello).not.toBeNull());
    await user.keyboard('{Control>},{/Control}');
    await user.click(await screen.findByRole('tab', { name: 'People' }));
    const section = await screen.findByRole('region', { name: 'Recovery kit' });
    await waitFor(() => expect(section).toHaveTextContent('No recovery kit was ever made.'));
    await user.click(within(section).getByRole('button', { name: 'Make a kit…' }));
    await user.selectOptions(await screen.findByLabelText('Parts'), '2');
    await user.click(screen.getByRole('button', { name: 'Make it' }));
    const dialog = await screen.findByRole('dialog', { name: 'Recovery kit A3F019' });
    const parts = within(dialog).getAllByTestId('part').map((part) => part.textContent);
    expect(parts).toHaveLength(2);
    expect(parts[0]!.split(' ')).toHaveLength(8);
    expect(dialog).toHaveTextContent('wss://relay.lakeside.example');
    await user.click(within(dialog).getByRole('button', { name: 'I have it on paper' }));
    await waitFor(() => expect(section).toHaveTextContent('Kit A3F019, 2 parts, made on'));
    expect(document.documentElement.outerHTML).not.toContain(parts[0]);

    await mirror.takeSession(mirror.desk.call('lock', {}));
    await user.click(await screen.findByRole('option', { name: /Mara Reyes/ }));
    await user.click(screen.getByRole('button', { name: 'Passphrase forgotten?' }));
    await waitFor(() => expect(screen.getByLabelText('One part')).toHaveFocus());
    await user.type(screen.getByLabelText('One part'), parts[0]!);
    await user.type(screen.getByLabelText('Another part'), parts[1]!.slice(0, 20));
    await user.type(screen.getByLabelText('New passphrase'), 'one to remember');
    await user.type(screen.getByLabelText('Once more'), 'one to remember{Enter}');
    await waitFor(() => expect(screen.getByLabelText('Another part')).toHaveAccessibleDescription(/this has 17 letters and digits/));
    await user.clear(screen.getByLabelText('Another part'));
    await user.type(screen.getByLabelText('Another part'), `${parts[1]}{Enter}`);
    await waitFor(() => expect(mirror.session?.me?.name).toBe('Mara Reyes'));
    expect((await mirror.desk.call('recovery_status', {})).kit?.is_used).toBe(true);
  });

  it('is a way in at the start', async () => {
    const { user } = open('fresh');
    await user.click(await screen.findByRole('button', { name: /^Restore with the recovery kit/ }));
    await user.type(screen.getByLabelText('Address of the relay'), 'relay.example');
    await user.type(screen.getByLabelText('One part'), '21HZ5 068HJ 248H8 248HD 248HP 248HK 248HW 248H1');
    await user.type(screen.getByLabelText('Another part'), '21HZ5 068HJ 248H8 248HD 248HP 248HK 248HW 248H1');
    await user.type(screen.getByLabelText(/called$|Workstation|workstation/), 'New desk');
    await user.type(screen.getByLabelText('Your name'), 'Mara Reyes{Enter}');
    await waitFor(() => expect(screen.getByLabelText('Address of the relay')).toHaveAccessibleDescription(/must start with ws/));
    await user.clear(screen.getByLabelText('Address of the relay'));
    await user.type(screen.getByLabelText('Address of the relay'), 'wss://relay.example{Enter}');
    await waitFor(() => expect(screen.getByLabelText('Another part')).toHaveAccessibleDescription(/same part twice/));
    await user.clear(screen.getByLabelText('Another part'));
    await user.type(screen.getByLabelText('Another part'), '22HZ5 068HJ 248H8 248HD 248HP 248HK 248HW 248H2{Enter}');
    await waitFor(() => expect(screen.getByRole('main')).toHaveAttribute('data-part', 'grid'));
  });
});

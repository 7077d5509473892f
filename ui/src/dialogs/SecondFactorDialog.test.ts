// The second factor: set up with a phone, asked for at the sign-in after the right passphrase, asked of administrators.
import { render, screen, waitFor, within } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import App from '../App.svelte';
import { deskOver } from '../desk/client';
import { fixtureHost } from '../desk/fixture/host';
import { CODE, PASSPHRASE } from '../desk/fixture/staff';
import { Mirror } from '../desk/mirror.svelte';

async function openMenu(user: ReturnType<typeof userEvent.setup>): Promise<void> {
  await user.click(await screen.findByRole('button', { name: /^Mara Reyes/ }));
  await user.click(await screen.findByRole('menuitem', { name: /^Second factor…/ }));
}

describe('the second factor', () => {
  it('is set up, asked for, and asked of administrators', async () => {
    const mirror = new Mirror(deskOver(fixtureHost({})));
    render(App, { mirror });
    const user = userEvent.setup();
    await waitFor(() => expect(mirror.hello).not.toBeNull());
    await openMenu(user);
    const dialog = await screen.findByRole('dialog', { name: 'Second factor' });
    await waitFor(() => expect(within(dialog).getByTestId('secret')).toHaveTextContent('GEZDGNBV'));
    await user.type(within(dialog).getByLabelText('Code'), '111111{Enter}');
    await waitFor(() => expect(within(dialog).getByLabelText('Code')).toHaveAccessibleDescription(/This is not the code/));
    await user.clear(within(dialog).getByLabelText('Code'));
    await user.type(within(dialog).getByLabelText('Code'), `${CODE}{Enter}`);
    const codes = await within(dialog).findByTestId('backup-codes');
    const first = within(codes).getAllByRole('listitem')[0]!.textContent!;
    await user.click(within(dialog).getByRole('button', { name: 'I have kept them' }));

    await user.keyboard('{Control>},{/Control}');
    await user.click(await screen.findByRole('tab', { name: 'People' }));
    await user.click(await screen.findByRole('checkbox', { name: 'Administrators need a second factor' }));
    await waitFor(() => expect(mirror.session?.second_factor.is_required).toBe(true));

    await mirror.takeSession(mirror.desk.call('lock', {}));
    await user.click(await screen.findByRole('option', { name: /Mara Reyes/ }));
    await user.type(screen.getByLabelText('Passphrase'), `${PASSPHRASE}{Enter}`);
    // Nothing is wrong yet, so nothing is said to be.
    await waitFor(() => expect(screen.getByLabelText('Code')).toHaveFocus());
    expect(screen.getByRole('alert').textContent?.trim()).toBe('');
    await user.keyboard('000000{Enter}');
    await waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent('This is not the code, or it was used already.'));
    await user.keyboard(`${first.toLowerCase()}{Enter}`);
    await waitFor(() => expect(mirror.session?.me?.name).toBe('Mara Reyes'));
    expect(mirror.session?.second_factor.backup_codes).toBe(3);
  });

  it('is not asked for at a trusted workstation, and is taken away with a code', async () => {
    const mirror = new Mirror(deskOver(fixtureHost({})));
    render(App, { mirror });
    const user = userEvent.setup();
    await waitFor(() => expect(mirror.hello).not.toBeNull());
    await mirror.takeSession(mirror.desk.call('confirm_second_factor', { code: CODE }).then((set) => set.session));
    await openMenu(user);
    await user.click(await screen.findByRole('checkbox', { name: /^Do not ask at this workstation/ }));
    await waitFor(() => expect(mirror.session?.second_factor.is_trusted_here).toBe(true));
    await user.type(screen.getByLabelText('Code'), `${CODE}{Enter}`);
    await waitFor(() => expect(mirror.session?.second_factor.is_on).toBe(false));
  });
});

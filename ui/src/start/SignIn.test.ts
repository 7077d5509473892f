// The sign-in: a list with arrows and letters, the passphrase or the PIN, and what went wrong in words.
import { render, screen, waitFor } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import App from '../App.svelte';
import { deskOver } from '../desk/client';
import { clinic } from '../desk/fixture/clinic';
import { fixtureHost } from '../desk/fixture/host';
import { PASSPHRASE } from '../desk/fixture/staff';
import { Mirror } from '../desk/mirror.svelte';

const PATIENTS = clinic().patients.map((patient) => patient.name);
const shown = (): string => document.documentElement.outerHTML;
const chosen = (): string => screen.getByRole('option', { selected: true }).textContent!.replace(/^[A-Z]+\s*/, '').trim();

async function open(scene: string) {
  const mirror = new Mirror(deskOver(fixtureHost({ scene })));
  render(App, { mirror });
  return { mirror, user: userEvent.setup() };
}

describe('signing in', () => {
  it('begins with the list, which arrows and letters walk', async () => {
    const { user } = await open('sign-in');
    await waitFor(() => expect(screen.getByRole('listbox')).toHaveFocus());
    expect(chosen()).toBe('Amara Bello');
    await user.keyboard('{ArrowDown}');
    expect(chosen()).toBe('Bo Halvorsen');
    await user.keyboard('{End}');
    expect(chosen()).toBe('Mara Reyes');
    await user.keyboard('{ArrowDown}');
    expect(chosen()).toBe('Amara Bello');
    // A family name, and initials, count as well.
    await user.keyboard('ru');
    expect(chosen()).toBe('Elena Ruiz');
    expect(shown()).toContain('Lakeside Orthodontics');
    for (const name of PATIENTS) expect(shown()).not.toContain(name);
  });

  it('says that the passphrase is wrong, and opens with the right one', async () => {
    const { user, mirror } = await open('sign-in');
    await waitFor(() => expect(screen.getByRole('listbox')).toHaveFocus());
    await user.keyboard('am{Enter}');
    await user.keyboard('wrong{Enter}');
    await waitFor(() => expect(screen.getByLabelText('Passphrase')).toHaveAccessibleDescription('This is not the passphrase.'));
    expect(screen.getByLabelText('Passphrase')).toHaveValue('');
    await user.keyboard(`${PASSPHRASE}{Enter}`);
    await waitFor(() => expect(screen.getByRole('main')).toHaveAttribute('data-part', 'grid'));
    expect(mirror.session?.me?.name).toBe('Amara Bello');
  });

  it('locking takes the desk away, patients and all; the PIN brings it back', async () => {
    const { user, mirror } = await open('');
    await waitFor(() => expect(PATIENTS.some((name) => shown().includes(name))).toBe(true));
    await mirror.takeSession(mirror.desk.call('set_pin', { pin: '2468' }));
    await user.keyboard('{Control>}l{/Control}');
    await waitFor(() => expect(screen.getByLabelText('PIN')).toHaveFocus());
    for (const name of PATIENTS) expect(shown()).not.toContain(name);
    await user.keyboard('1357{Enter}');
    await waitFor(() => expect(screen.getByLabelText('PIN')).toHaveAccessibleDescription('This is not the PIN.'));
    await user.keyboard('2468{Enter}');
    await waitFor(() => expect(screen.getByRole('main')).toHaveAttribute('data-part', 'grid'));
  });

  it('asks for the passphrase when the PIN does not count any more', async () => {
    const { user, mirror } = await open('');
    await waitFor(() => expect(mirror.hello).not.toBeNull());
    await mirror.takeSession(mirror.desk.call('set_pin', { pin: '2468' }));
    await user.keyboard('{Control>}l{/Control}');
    await waitFor(() => expect(screen.getByLabelText('PIN')).toHaveFocus());
    for (let tries = 0; tries < 6; tries += 1) {
      await user.keyboard('0000{Enter}');
      await waitFor(() => expect(screen.getByRole('alert')).not.toBeEmptyDOMElement());
    }
    await waitFor(() => expect(screen.getByLabelText('Passphrase')).toHaveFocus());
    expect(screen.getByLabelText('Passphrase')).toHaveAccessibleDescription(/The PIN does not count any more/);
  });

  it('tells the desk that somebody is there, not with every key', async () => {
    const host = fixtureHost();
    const asked: string[] = [];
    const mirror = new Mirror(deskOver({ ...host, call: (name, request) => (asked.push(name), host.call(name, request)) }));
    render(App, { mirror });
    await waitFor(() => expect(screen.getByRole('main')).toHaveAttribute('data-part', 'grid'));
    const user = userEvent.setup();
    await user.keyboard('{ArrowDown}{ArrowDown}{ArrowDown}');
    await user.pointer({ target: screen.getByRole('main') });
    expect(asked.filter((name) => name === 'touched')).toHaveLength(1);
  });

  it('somebody else: the list, without who was here', async () => {
    const { user, mirror } = await open('');
    await waitFor(() => expect(mirror.hello).not.toBeNull());
    await user.keyboard('{Control>}{Shift>}l{/Shift}{/Control}');
    await waitFor(() => expect(screen.getByRole('listbox')).toHaveFocus());
    expect(chosen()).not.toBe('Mara Reyes');
  });
});

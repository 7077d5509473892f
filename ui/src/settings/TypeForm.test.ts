// The editor of a type: a pattern painted by keys, letters that nobody has, what comes next, and booked visits.
import { screen, waitFor, within } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import type { SaveSetting } from '../desk/api';
import { mountIn, openView } from '../shell/panel.testing';
import TypeForm from './TypeForm.svelte';

async function open(id: string | null) {
  const { view, asked } = await openView('calm');
  const onsaved = vi.fn();
  mountIn(view, TypeForm, { id, onsaved, onleave: () => {} });
  const saved = (): SaveSetting | undefined => asked.findLast((one) => one.name === 'save_setting')?.request as SaveSetting | undefined;
  const field = screen.getByLabelText('As text') as HTMLInputElement;
  const text = (): string => field.value;
  return { view, asked, onsaved, saved, text, user: userEvent.setup() };
}

/** By what they are drawn as: asking for roles is slow, and once is enough. */
const cells = () => [...document.querySelectorAll<HTMLElement>('[data-unit]')];

describe('the time pattern', () => {
  it('is painted by keys, one cell having the keyboard', async () => {
    const { user, text } = await open('type-adj');
    expect(text()).toBe('/XX///');
    expect(cells().map((cell) => cell.tabIndex)).toEqual([0, -1, -1, -1, -1, -1]);
    cells()[0]!.focus();
    await user.keyboard('x');
    expect(text()).toBe('XXX///');
    await waitFor(() => expect(cells()[1]).toHaveFocus());
    await user.keyboard('{ArrowRight}');
    await waitFor(() => expect(cells()[2]).toHaveFocus());
    await user.keyboard('{Shift>}{ArrowRight}{/Shift}');
    expect(text()).toBe('XXXX//');
    await waitFor(() => expect(cells()[3]).toHaveFocus());
    await user.keyboard(' ');
    expect(text()).toBe('XXX///');
    await user.keyboard('{+}');
    expect(text()).toBe('XXX////');
    await waitFor(() => expect(cells()[4]).toHaveFocus());
    await user.keyboard('{Delete}');
    expect(text()).toBe('XXX///');
    expect(screen.getByRole('toolbar', { name: 'Time pattern' })).toContainElement(cells()[0]!);
    expect(cells()[0]).toHaveAccessibleName('0–5 minutes: provider');
    expect(screen.getByText('30 minutes, 15 of them with the provider')).toBeInTheDocument();
  });

  it('can be typed, and says what is no pattern', async () => {
    const { user, asked } = await open('type-adj');
    const field = screen.getByLabelText('As text');
    await user.clear(field);
    await user.type(field, 'XO');
    expect(screen.getByText(/It needs X and \/ only/)).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled();
    await user.clear(field);
    await user.click(field);
    await user.paste('X'.repeat(145));
    expect(screen.getByText(/Twelve hours are the longest/)).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled();
    expect(asked.some((one) => one.name === 'save_setting')).toBe(false);
  });
});

describe('a type', () => {
  it('is given a letter that nobody has, and what comes next', async () => {
    const { user, saved, onsaved } = await open(null);
    await user.click(screen.getByLabelText('Name'));
    await user.paste('Aligner check');
    // A is taken, L is not.
    expect(screen.getByText('Nobody has L yet')).toBeInTheDocument();
    await user.selectOptions(screen.getByLabelText('Next visit'), 'Adjustment');
    await user.clear(screen.getByLabelText('Weeks later'));
    await user.type(screen.getByLabelText('Weeks later'), '8');
    await user.click(screen.getByLabelText('In reminders'));
    await user.paste('Bring all aligners');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(onsaved).toHaveBeenCalled());
    expect(saved()).toMatchObject({
      letter: 'L',
      follow_up: { appointment_type: 'type-adj', weeks: 8 },
      reminder_text: 'Bring all aligners',
    });
  });

  it('says whose letter it would be', async () => {
    const { user } = await open('type-adj');
    await user.clear(screen.getByLabelText('Letter'));
    await user.type(screen.getByLabelText('Letter'), 'b');
    expect(screen.getByText('Bonding has it; A is free')).toBeInTheDocument();
  });
});

describe('a second provider', () => {
  it('is painted under the first pattern, as long as it, and named', async () => {
    const { user, saved, onsaved } = await open('type-adj');
    await user.click(screen.getByRole('checkbox', { name: 'A second provider is needed for part of it' }));
    const row = within(screen.getByRole('toolbar', { name: 'Second provider, beside the first' }));
    expect(row.getAllByRole('button').map((one) => one.textContent)).toEqual(['/', '/', '/', '/', '/', 'X']);
    row.getAllByRole('button')[3]!.focus();
    await user.keyboard('x');
    await waitFor(() => expect(row.getAllByRole('button')[4]).toHaveFocus());
    // Its length is the first one's.
    await user.keyboard('{+}');
    expect(row.getAllByRole('button')).toHaveLength(6);
    await user.click(screen.getByRole('button', { name: '5 minutes longer' }));
    expect(row.getAllByRole('button')).toHaveLength(7);
    await user.click(screen.getByRole('button', { name: '5 minutes shorter' }));
    const allowed = within(screen.getByRole('group', { name: /^The second can be/ }));
    await user.click(allowed.getAllByRole('checkbox')[0]!);
    await user.click(screen.getByRole('button', { name: 'Save' }));
    const dialog = await screen.findByRole('dialog', { name: 'Adjustment has booked visits' });
    await user.click(within(dialog).getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(onsaved).toHaveBeenCalled());
    expect(saved()).toMatchObject({ pattern: '/XX///', second_pattern: '///X/X' });
    expect((saved() as { second_providers: string[] }).second_providers).toHaveLength(1);
  });

  it('goes with its box, and whoever it could have been', async () => {
    const { user, saved, onsaved } = await open('type-adj');
    const box = screen.getByRole('checkbox', { name: 'A second provider is needed for part of it' });
    await user.click(box);
    await user.click(within(screen.getByRole('group', { name: /^The second can be/ })).getAllByRole('checkbox')[0]!);
    await user.click(box);
    expect(screen.queryByRole('toolbar', { name: 'Second provider, beside the first' })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(onsaved).toHaveBeenCalled());
    expect(saved()).toMatchObject({ second_pattern: '', second_providers: [] });
  });
});

describe('booked visits of a type that changes', () => {
  it('are listed, and stay without another word', async () => {
    const { user, saved, onsaved } = await open('type-adj');
    await user.click(screen.getByRole('button', { name: '5 minutes longer' }));
    await user.click(screen.getByRole('button', { name: 'Save' }));
    const dialog = await screen.findByRole('dialog', { name: 'Adjustment has booked visits' });
    expect(dialog).toHaveTextContent(/\d+ future visits are as this type was\./);
    expect(within(dialog).getAllByRole('listitem').length).toBeGreaterThan(0);
    expect(within(dialog).getByRole('radio', { name: /Leave them as they are/ })).toBeChecked();
    expect(saved()).toBeUndefined();
    await user.click(within(dialog).getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(onsaved).toHaveBeenCalled());
    expect(saved()).toMatchObject({ pattern: '/XX////', booked: 'leave_as_they_are' });
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('follow where they fit, if the person says so', async () => {
    const { user, saved, view, onsaved } = await open('type-adj');
    await user.click(screen.getByRole('button', { name: '5 minutes shorter' }));
    await user.click(screen.getByRole('button', { name: 'Save' }));
    const dialog = await screen.findByRole('dialog', { name: 'Adjustment has booked visits' });
    await user.click(within(dialog).getByRole('radio', { name: /that fit/ }));
    await user.click(within(dialog).getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(onsaved).toHaveBeenCalled());
    expect(saved()).toMatchObject({ booked: 'change_those_that_fit' });
    await waitFor(() => expect(view.mirror.roster.appointment_types.find((one) => one.id === 'type-adj')?.pattern).toBe('/XX//'));
  });

  it('are not asked about when the length stays, and nothing is saved when the person leaves it', async () => {
    const { user, saved, asked, onsaved } = await open('type-adj');
    await user.click(screen.getByRole('button', { name: '5 minutes longer' }));
    await user.click(screen.getByRole('button', { name: 'Save' }));
    const dialog = await screen.findByRole('dialog', { name: 'Adjustment has booked visits' });
    await user.click(within(dialog).getByRole('button', { name: 'Leave it' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(saved()).toBeUndefined();
    expect(onsaved).not.toHaveBeenCalled();
    await user.click(screen.getByRole('button', { name: '5 minutes shorter' }));
    const before = asked.filter((one) => one.name === 'preview_type_change').length;
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(onsaved).toHaveBeenCalled());
    expect(asked.filter((one) => one.name === 'preview_type_change')).toHaveLength(before);
  });
});

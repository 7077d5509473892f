// A family: who comes along, what each needs, when all can; one step.
import { screen, waitFor, within } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { mountIn, openView } from '../shell/panel.testing';
import FamilyPanel from './FamilyPanel.svelte';

async function open() {
  const { view, asked } = await openView();
  view.startFamily(null);
  if (view.panel.kind !== 'family') throw new Error('no family');
  mountIn(view, FamilyPanel, { family: view.panel.family });
  const user = userEvent.setup();
  const add = async (name: string) => {
    await user.type(screen.getByRole('combobox', { name: /^(Patient|Another one of the family)$/ }), name);
    await waitFor(() => expect(screen.getAllByRole('option').some((one) => one.textContent?.toLowerCase().includes(name))).toBe(true));
    await user.keyboard('{Enter}');
  };
  return { view, asked, user, add, family: view.panel.family };
}

describe('a family', () => {
  it('is booked by names, one kind of visit, and one way to come', async () => {
    const { user, add, asked, view } = await open();
    await add('sharma');
    await user.selectOptions(screen.getByRole('combobox', { name: /^Kind of visit of Sharma/ }), 'Adjustment · 30 min');
    await add('kim');
    // What the first needs, the next one probably needs, too.
    expect(screen.getByRole('combobox', { name: /^Kind of visit of Kim/ })).toHaveDisplayValue('Adjustment · 30 min');
    await user.type(screen.getByRole('textbox', { name: 'When would suit?' }), '1w after school');
    await waitFor(() => expect(asked.at(-1)).toMatchObject({ name: 'family_openings', request: { from: '2026-12-01', after: '15:00', arrangement: 'any' } }));
    await user.click(screen.getByRole('radio', { name: 'One after the other' }));
    await waitFor(() => expect(asked.at(-1)).toMatchObject({ name: 'family_openings', request: { arrangement: 'back_to_back' } }));
    const [first] = await screen.findAllByRole('button', { name: /min in all/ });
    expect(within(first!).getByText(/Sharma, Anika/)).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Book all 2' })).toBeDisabled();
    await user.click(first!);
    await user.click(screen.getByRole('button', { name: 'Book all 2' }));
    await waitFor(() => expect(view.panel.kind).toBe('none'));
    const request = asked.find((one) => one.name === 'book_family')?.request as { visits: { patient: string; at: string }[] };
    expect(request.visits).toHaveLength(2);
    expect(request.visits[0]!.at < request.visits[1]!.at).toBe(true);
    expect(view.toasts.list.at(-1)?.text).toMatch(/^Booked Sharma, Anika; Kim, .*: Tue 1 Dec/);
  });

  it('has more than one thing done in a visit', async () => {
    const { add, user, asked, view } = await open();
    await add('sharma');
    const [type, second] = view.mirror.roster.appointment_types.filter((one) => one.is_active);
    await user.selectOptions(screen.getByRole('combobox', { name: /^Kind of visit of Sharma/ }), type!.id);
    const hers = screen.getByRole('group', { name: /^Done in this visit of Sharma/ });
    await user.click(within(hers).getByRole('button', { name: 'Add a procedure' }));
    await user.keyboard(`${second!.name}{Enter}`);
    expect(within(hers).getByText(`+ ${second!.name}`)).toBeInTheDocument();
    await add('kim');
    await waitFor(() => expect(asked.findLast((one) => one.name === 'family_openings')?.request).toMatchObject({ visits: [{ also: [second!.id] }, { also: [second!.id] }] }));
    const [way] = await screen.findAllByRole('button', { name: /min in all/ });
    await user.click(way!);
    await user.click(screen.getByRole('button', { name: 'Book all 2' }));
    await waitFor(() => expect(view.panel.kind).toBe('none'));
    expect(asked.find((one) => one.name === 'book_family')?.request).toMatchObject({ visits: [{ also: [second!.id] }, { also: [second!.id] }] });
  });

  it('names the second provider of each, and a double click books nothing', async () => {
    const { add, user, asked, view, family } = await open();
    const [type] = view.mirror.roster.appointment_types.filter((one) => one.is_active);
    await add('sharma');
    await user.selectOptions(screen.getByRole('combobox', { name: /^Kind of visit of Sharma/ }), type!.id);
    await add('kim');
    await screen.findAllByRole('button', { name: /min in all/ });
    const [way] = family.openings!;
    const [doctor] = view.mirror.roster.providers.filter((one) => one.id !== way!.visits[0]!.provider);
    family.openings = [{ ...way!, visits: way!.visits.map((visit) => ({ ...visit, second_provider: doctor!.id })) }];
    const shown = await screen.findByRole('button', { name: new RegExp(`, then ${doctor!.short_name}`) });
    await user.dblClick(shown);
    const book = screen.getByRole('button', { name: 'Book all 2' });
    await waitFor(() => expect(book).toHaveFocus());
    expect(asked.some((one) => one.name === 'book_family')).toBe(false);
    await user.keyboard('{Enter}');
    await waitFor(() => expect(asked.find((one) => one.name === 'book_family')?.request).toMatchObject({ visits: [{ second_provider: doctor!.id }, { second_provider: doctor!.id }] }));
  });

  it('nobody comes twice, and somebody can stay at home', async () => {
    const { add, user, family } = await open();
    await add('sharma');
    const [member] = family.members;
    expect(family.add(member!.patient)).toBe(false);
    await add('kim');
    expect(family.members).toHaveLength(2);
    await user.click(screen.getByRole('button', { name: /^Without Kim/ }));
    expect(family.members).toHaveLength(1);
    expect(screen.getByRole('combobox', { name: 'Another one of the family' })).toHaveFocus();
  });

  it('suggests whoever has the same phone', async () => {
    const { add, family } = await open();
    await add('sharma');
    const patient = family.members[0]!.patient;
    family.relatives = [{ ...patient, id: 'sister', name: 'Sharma, Priya', responsible: '', matched: 'phone', next_visit: null }];
    expect(await screen.findByRole('button', { name: 'Sharma, Priya' })).toBeInTheDocument();
  });
});

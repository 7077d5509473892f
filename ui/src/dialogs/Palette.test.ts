// The palette: patients from the desk, actions from the table, dates as people say them.
import { screen, waitFor } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { mountIn, openView } from '../shell/panel.testing';
import { matching } from './matching';
import Palette from './Palette.svelte';

async function open() {
  const { view } = await openView();
  view.dialog = { kind: 'palette' };
  mountIn(view, Palette, {});
  return { view, user: userEvent.setup(), field: screen.getByRole('combobox') };
}

describe('the palette', () => {
  it('finds whose number this is', async () => {
    const { user, field, view } = await open();
    await user.type(field, '0131');
    await waitFor(() => expect(screen.getAllByRole('option')[0]).toHaveTextContent(/\+1 555 0131/));
    await user.keyboard('{Enter}');
    await waitFor(() => expect(view.panel).toEqual({ kind: 'patient', id: 'pat-22' }));
    expect(view.dialog).toBeNull();
  });

  it('does things by the beginnings of their words', async () => {
    const { user, field, view } = await open();
    await user.type(field, 'new bo');
    await waitFor(() => expect(screen.getAllByRole('option')[0]).toHaveTextContent('New booking'));
    await user.keyboard('{Enter}');
    await waitFor(() => expect(view.panel.kind).toBe('booking'));
  });

  it('goes to a date', async () => {
    const { user, field, view } = await open();
    await user.type(field, '+6w');
    await waitFor(() => expect(screen.getByRole('option', { name: 'Tuesday 5 January 2027' })).toBeInTheDocument());
    await user.keyboard('{Enter}');
    await waitFor(() => expect(view.date).toBe('2027-01-05'));
  });

  it('is walked with the arrows, and says which row is chosen', async () => {
    const { user, field } = await open();
    await user.click(field);
    await user.keyboard('{ArrowDown}{ArrowDown}');
    const chosen = screen.getAllByRole('option').filter((row) => row.getAttribute('aria-selected') === 'true');
    expect(chosen).toHaveLength(1);
    expect(field.getAttribute('aria-activedescendant')).toBe(chosen[0]!.id);
  });

  it('offers only what can be done now', async () => {
    await open();
    expect(screen.queryByRole('option', { name: /Cancel the visit/ })).toBeNull();
  });

  it('says so when there is nothing', async () => {
    const { user, field } = await open();
    await user.type(field, 'qqqq');
    expect(await screen.findByText(/^Nothing found/)).toBeInTheDocument();
  });
});

describe('matching', () => {
  const list = ['Go to a date', 'Undo', 'Über', 'New booking', 'New patient'];
  it.each([
    ['go da', ['Go to a date']],
    ['date', ['Go to a date']],
    ['new', ['New booking', 'New patient']],
    ['ub', ['Über']],
    ['xyz', []],
  ])('%s', (text, found) => expect(matching(list, text, (one) => one)).toEqual(found));
});

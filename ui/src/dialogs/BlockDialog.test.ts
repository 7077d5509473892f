// What is blocked out opens whole, not as the piece of it that lies on one day.
import { screen, waitFor } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { openBlock } from '../absence/open-block';
import AbsenceDialog from '../absence/AbsenceDialog.svelte';
import type { BlockDetail } from '../desk/api';
import { mountIn, openView } from '../shell/panel.testing';
import BlockDialog from './BlockDialog.svelte';

async function openDays(until = '2026-11-27T00:00') {
  const { view, asked } = await openView('calm');
  const card = view.sheet!.blocks[0]!;
  const detail: BlockDetail = { card, at: '2026-11-25T09:00', length_minutes: 2340, until, series: null, absence: null };
  mountIn(view, BlockDialog, { detail, spot: null, length: null, date: '2026-11-25' });
  return { asked, user: userEvent.setup(), id: card.id };
}
const field = (name: string): HTMLInputElement => screen.getByLabelText(name, { selector: 'input' });
const sent = (asked: { name: string; request: unknown }[]) => asked.find((one) => one.name === 'change_time_block')?.request;

describe('a block-out of several days', () => {
  it('keeps its time when only its name is changed', async () => {
    const { asked, user, id } = await openDays();
    expect([field('Date').value, field('From').value, field('Last day').value, field('Until').value]).toEqual(['25 Nov 2026', '09:00', '26 Nov 2026', '24:00']);
    await user.clear(field('What for'));
    await user.type(field('What for'), 'Painters');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(sent(asked)).toBeDefined());
    expect(sent(asked)).toEqual({ id, title: 'Painters', policy: expect.anything() });
  });

  it('says its end on its last day', async () => {
    const { asked, user, id } = await openDays('2026-11-26T12:00');
    await user.clear(field('Until'));
    await user.type(field('Until'), '15:30');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(sent(asked)).toBeDefined());
    expect(sent(asked)).toMatchObject({ id, at: '2026-11-25T09:00', until: '2026-11-26T15:30' });
  });
});

describe('an absence', () => {
  it('opens as what it is, and becomes longer', async () => {
    const { view, asked } = await openView('calm');
    const user = userEvent.setup();
    const provider = view.sheet!.appointments[0]!.provider;
    const first = view.date;
    const fields = { target: { kind: 'provider' as const, id: provider }, is_everywhere: false, location: view.location!, first, last: first, from: null, until: null, reason: 'ill' as const, title: '' };
    const { absence } = await view.mirror.desk.call('enter_absence', fields);
    await openBlock(view, absence.id);
    const dialog = view.dialog;
    if (dialog?.kind !== 'absence') throw new Error(`opened ${dialog?.kind}`);
    mountIn(view, AbsenceDialog, { target: null, from: null, changes: dialog.changes });
    expect(screen.getByRole('heading', { name: 'Change the absence' })).toBeInTheDocument();
    expect(screen.getByLabelText('Who or what')).toBeDisabled();
    const last = field('Last day');
    await user.clear(last);
    await user.type(last, '+1');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(asked.filter((one) => one.name === 'enter_absence')).toHaveLength(2));
    const next = new Date(Date.parse(first) + 86_400_000).toISOString().slice(0, 10);
    expect(asked.findLast((one) => one.name === 'enter_absence')?.request).toMatchObject({ changes: absence.id, first, last: next });
    await waitFor(() => expect(view.polite).toContain('Changed: '));
  });
});

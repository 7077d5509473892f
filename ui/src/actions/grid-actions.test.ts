// What is done to visits and block-outs from the grid by key: swapping, copying, cutting, pasting, being away.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { BlockCard } from '../desk/api';
import { deskOver } from '../desk/client';
import { fixtureHost } from '../desk/fixture/host';
import { Mirror } from '../desk/mirror.svelte';
import { View } from '../shell/view.svelte';
import { actionFor } from './dispatch';
import { action } from './table';

let view: View;

beforeEach(async () => {
  const mirror = new Mirror(deskOver(fixtureHost({ scene: 'calm' })));
  await mirror.start();
  view = new View(mirror);
  view.begin();
  await view.show();
});

const run = (id: string): void => {
  expect(action(id).enabled(view), id).toBe(true);
  action(id).run(view);
};
const press = (key: string, more = {}) => actionFor({ key, code: '', ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more })?.id;

describe('swapping', () => {
  /** Two visits of one length in different operatories, which can always change places. */
  const pair = () => {
    const planned = view.sheet!.appointments.filter((card) => card.status === 'scheduled' || card.status === 'confirmed');
    for (const one of planned) {
      const other = planned.find((card) => card.operatory !== one.operatory && card.length_minutes === one.length_minutes && card.pattern === one.pattern && card.provider === one.provider);
      if (other) return [one, other] as const;
    }
    throw new Error('the invented day has no such two');
  };

  it('is Y on the one and Y on the other, spoken, in one step that undo takes back', async () => {
    expect(press('y')).toBe('swap');
    const [one, other] = pair();
    view.selected = one.id;
    run('swap');
    expect(view.polite).toBe(`Swap ${one.patient_name} with whom? Go to the other visit and press Y again. Escape leaves it.`);
    view.selected = other.id;
    run('swap');
    await vi.waitFor(() => {
      // Their doctor may be needed elsewhere then: passed with a reason.
      if (view.dialog?.kind === 'leave') view.dialog.resolve({ acknowledge_warnings: true, override_reason: 'brothers' });
      expect(view.mirror.card(one.id)?.operatory).toBe(other.operatory);
    });
    expect(view.mirror.card(one.id)).toMatchObject({ start_minute: other.start_minute, provider: one.provider });
    expect(view.mirror.card(other.id)).toMatchObject({ operatory: one.operatory, start_minute: one.start_minute });
    expect(view.polite).toMatch(new RegExp(`^Swapped: ${one.patient_name} at .*, ${other.patient_name} at `));
    expect(view.swapping).toBe(null);
    action('undo').run(view);
    await vi.waitFor(() => expect(view.mirror.card(one.id)?.operatory).toBe(one.operatory));
    expect(view.mirror.card(other.id)).toMatchObject({ operatory: other.operatory, start_minute: other.start_minute });
  });

  it('is left by Y on the same visit', () => {
    const [one] = pair();
    view.selected = one.id;
    run('swap');
    run('swap');
    expect(view.swapping).toBe(null);
    expect(view.polite).toBe('Left as it was.');
  });

  it('is not for what is over', () => {
    view.selected = view.sheet!.appointments.find((card) => card.status === 'checked_out')!.id;
    expect(action('swap').enabled(view)).toBe(false);
  });
});

describe('block-outs', () => {
  const blocks = (): readonly BlockCard[] => view.sheet!.blocks;
  let column = '';

  beforeEach(async () => {
    const operatory = view.showing.columns[0]!;
    column = operatory.id;
    await view.mirror.desk.call('add_time_block', {
      target: { kind: 'operatory', id: operatory.of }, location: operatory.location, at: `${operatory.date}T16:00`, length_minutes: 30, title: 'Sterilising', policy: { kind: 'block' },
    });
    await vi.waitFor(() => expect(blocks().some((one) => one.title === 'Sterilising')).toBe(true));
    view.focusedPart = 'grid';
    view.cursor = { column, minute: 970 };
  });
  const ours = (): string[] => blocks().filter((one) => one.title === 'Sterilising').map((one) => `${one.target.id} ${one.start_minute}`).sort();

  it('are copied onto another column, at the time of the cursor', async () => {
    expect([press('c', { ctrlKey: true }), press('x', { ctrlKey: true }), press('v', { ctrlKey: true })]).toEqual(['copy', 'cut-block', 'paste']);
    expect(action('paste').enabled(view)).toBe(false);
    run('copy');
    expect(view.polite).toBe('Copied Sterilising. Control V pastes it.');
    const [first, second] = view.showing.columns;
    view.cursor = { column: second!.id, minute: 1000 };
    run('paste');
    await vi.waitFor(() => expect(ours()).toEqual([`${first!.of} 960`, `${second!.of} 1000`].sort()));
    expect(view.clipboard).not.toBe(null);
  });

  it('are cut: they leave where they were, and are pasted once', async () => {
    run('cut-block');
    view.cursor = { column, minute: 1000 };
    run('paste');
    await vi.waitFor(() => expect(ours()).toEqual([`${view.showing.columns[0]!.of} 1000`]));
    await vi.waitFor(() => expect(view.clipboard).toBe(null));
  });

  it('are not where there is none, nor while a field has the focus', () => {
    view.cursor = { column, minute: 1050 };
    expect(action('copy').enabled(view)).toBe(false);
    view.cursor = { column, minute: 970 };
    view.focusedPart = 'inspector';
    expect(action('copy').enabled(view)).toBe(false);
  });
});

it('a visit is copied, and booked again where the cursor is', async () => {
  const card = view.showing.sheets.flatMap((sheet) => sheet.appointments).find((one) => one.status === 'scheduled')!;
  const theirs = (): number => view.showing.sheets.flatMap((sheet) => sheet.appointments).filter((one) => one.patient === card.patient).length;
  const before = theirs();
  view.focusedPart = 'grid';
  view.select(card.id);
  expect(action('copy').enabled(view)).toBe(true);
  run('copy');
  expect(view.polite).toContain(`Copied the visit of ${card.patient_name}`);
  view.select(null);
  const column = view.showing.columns.at(-1)!;
  view.cursor = { column: column.id, minute: 1030 };
  run('paste');
  await vi.waitFor(() => expect(view.panel.kind === 'booking' && view.panel.booking.type?.id).toBe(card.appointment_type));
  if (view.panel.kind !== 'booking') throw new Error('no booking');
  const { booking } = view.panel;
  expect([booking.patient?.id, booking.operatory, booking.minute]).toEqual([card.patient, column.of, 1030]);
  // Nothing is booked by pasting.
  expect(theirs()).toBe(before);
});

it('being closed begins with the chair of the column, being given new times with who works there', () => {
  const column = view.showing.columns.find((one) => one.provider !== null)!;
  view.cursor = { column: column.id, minute: 600 };
  run('absence-here');
  expect(view.dialog).toMatchObject({ kind: 'absence', target: { kind: 'operatory', id: column.of } });
  run('reschedule');
  expect(view.dialog).toMatchObject({ kind: 'reschedule', provider: column.provider });
});

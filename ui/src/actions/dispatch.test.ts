// Keys: the same everywhere on every layout, and never while somebody writes.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { deskOver } from '../desk/client';
import { fixtureHost } from '../desk/fixture/host';
import { Mirror } from '../desk/mirror.svelte';
import { View } from '../shell/view.svelte';
import { actionFor, dispatch } from './dispatch';
import type { Press } from './keys';
import { ACTIONS } from './table';

const press = (key: string, some: Partial<Press> = {}): Press => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...some,
});

describe('a key press', () => {
  it.each<[string, Press, string | null]>([
    ['N', press('n', { code: 'KeyN' }), 'new-booking'],
    ['Shift+N is not N', press('N', { code: 'KeyN', shiftKey: true }), 'follow-up'],
    ['Caps Lock is no Shift', press('N', { code: 'KeyN' }), 'new-booking'],
    ['Ctrl+K', press('k', { ctrlKey: true }), 'search'],
    ['Cmd+K', press('k', { metaKey: true }), 'search'],
    ['/', press('/', { code: 'Slash' }), 'search'],
    ['/ with Shift, German', press('/', { code: 'Digit7', shiftKey: true }), 'search'],
    ['?', press('?', { code: 'Slash', shiftKey: true }), 'help'],
    ['?, German', press('?', { code: 'Minus', shiftKey: true }), 'help'],
    ['[', press('[', { code: 'BracketLeft' }), 'previous-day'],
    ['Shift+[', press('{', { code: 'BracketLeft', shiftKey: true }), 'previous-week'],
    [
      '[ with AltGr, German',
      press('[', { code: 'Digit8', ctrlKey: true, altKey: true, getModifierState: (key) => key === 'AltGraph' }),
      'previous-day',
    ],
    ['ü lies where [ lies', press('ü', { code: 'BracketLeft' }), 'previous-day'],
    ['Cyrillic т lies where N lies', press('т', { code: 'KeyN' }), 'new-booking'],
    ['Z of a German keyboard undoes', press('z', { code: 'KeyY', ctrlKey: true }), 'undo'],
    ['Ctrl+Shift+Z', press('Z', { code: 'KeyZ', ctrlKey: true, shiftKey: true }), 'redo'],
    ['Ctrl+=', press('=', { code: 'Equal', ctrlKey: true }), 'zoom-in'],
    ['Ctrl++ with Shift', press('+', { code: 'Equal', ctrlKey: true, shiftKey: true }), 'zoom-in'],
    ['+ alone belongs to the sheet', press('+', { code: 'Equal', shiftKey: true }), null],
    ['Alt+N belongs to the system', press('n', { code: 'KeyN', altKey: true }), null],
    ['Ctrl+L', press('l', { code: 'KeyL', ctrlKey: true }), 'lock'],
    ['Ctrl+Shift+L', press('L', { code: 'KeyL', ctrlKey: true, shiftKey: true }), 'switch-person'],
    ['arrows belong to the sheet', press('ArrowDown', { code: 'ArrowDown' }), null],
  ])('%s', (_, event, id) => expect(actionFor(event)?.id ?? null).toBe(id));

  it('means one action only', () => {
    for (const page of [undefined, 'templates']) {
      const keys = ACTIONS.filter((action) => action.on === page).flatMap((action) => action.keys);
      expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
    }
  });

  it('means what the page says, where the page says anything', () => {
    expect(actionFor(press('d', { code: 'KeyD' }))?.id).toBe('done');
    expect(actionFor(press('d', { code: 'KeyD' }), 'templates')?.id).toBe('template-duplicate');
    expect(actionFor(press('Delete'), 'templates')?.id).toBe('template-remove');
    expect(actionFor(press('Delete'))).toBeNull();
    expect(actionFor(press('z', { ctrlKey: true }), 'templates')?.id).toBe('undo');
  });
});

describe('dispatching', () => {
  let view: View;

  beforeEach(async () => {
    document.body.innerHTML = '<input id="field"><textarea id="area"></textarea><button id="button">x</button>';
    const mirror = new Mirror(deskOver(fixtureHost()));
    await mirror.start();
    view = new View(mirror);
    view.begin();
    await view.show();
  });

  const send = (id: string, key: string, some: KeyboardEventInit = {}): boolean => {
    let ran = false;
    const listener = (event: KeyboardEvent): void => void (ran = dispatch(event, view));
    window.addEventListener('keydown', listener);
    document.getElementById(id)!.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...some }));
    window.removeEventListener('keydown', listener);
    return ran;
  };

  it('books with N, but not in a field', () => {
    expect(send('field', 'n')).toBe(false);
    expect(send('area', 'n')).toBe(false);
    expect(view.panel.kind).toBe('none');
    expect(send('button', 'n')).toBe(true);
    expect(view.panel.kind).toBe('booking');
  });

  it('searches with Ctrl+K even in a field, and leaves Ctrl+Z of a field alone', () => {
    expect(send('field', 'z', { ctrlKey: true })).toBe(false);
    expect(send('field', 'k', { ctrlKey: true })).toBe(true);
    expect(view.dialog?.kind).toBe('palette');
  });

  it('is quiet while a dialog is open', () => {
    view.dialog = { kind: 'help' };
    expect(send('button', 'n')).toBe(false);
  });

  it('locks even while a dialog is open, somebody writes, or a visit is in the hand', async () => {
    view.dialog = { kind: 'help' };
    view.moving = { card: view.sheet!.appointments[0]! };
    expect(send('field', 'l', { ctrlKey: true })).toBe(true);
    await vi.waitFor(() => expect(view.mirror.isLocked).toBe(true));
  });

  it('says what a role does not allow, once, and does not do it', async () => {
    const mirror = new Mirror(deskOver(fixtureHost({ scene: 'read-only' })));
    await mirror.start();
    view = new View(mirror);
    view.begin();
    await view.show();
    expect(send('button', 'n')).toBe(true);
    expect(send('button', 'n')).toBe(true);
    expect(view.panel.kind).toBe('none');
    expect(view.toasts.list.map((toast) => toast.text)).toEqual(['Your role does not let you book visits and add patients.']);
    expect(view.assertive).toContain('Ask an administrator');
    expect(send('button', ',', { ctrlKey: true })).toBe(true);
    expect(view.page).toBe('calendar');
    expect(view.toasts.list).toHaveLength(1);
    // Looking about is for everybody.
    expect(send('button', ']')).toBe(true);
  });

  it('does not run what the day sheet has taken', () => {
    const listener = (event: Event): void => event.preventDefault();
    document.getElementById('button')!.addEventListener('keydown', listener);
    expect(send('button', 'm')).toBe(false);
  });

  it('leaves single keys alone when they are switched off', () => {
    view.singleKeys = false;
    expect(send('button', 'n')).toBe(false);
    expect(send('button', 'k', { ctrlKey: true })).toBe(true);
  });

  it('takes a visit one step on, and not twice while the key is held', async () => {
    const card = view.sheet!.appointments.find((one) => one.status === 'confirmed')!;
    view.selected = card.id;
    expect(send('button', 'a', { repeat: true })).toBe(false);
    expect(send('button', 'a')).toBe(true);
    expect(view.mirror.card(card.id)?.status).toBe('arrived');
    await vi.waitFor(() => expect(view.toasts.list.at(-1)?.text).toBe(`${card.patient_name}: Arrived`));
    expect(view.savedAt).toBe('10:24:07');
  });

  it('offers no step that the status table has not', () => {
    view.selected = view.sheet!.appointments.find((one) => one.status === 'checked_out')!.id;
    expect(send('button', 'c')).toBe(false);
    expect(send('button', 'x')).toBe(false);
  });

  it('keeps a visit in the hand while the day changes', () => {
    const card = view.sheet!.appointments[0]!;
    view.moving = { card };
    const before = view.date;
    expect(send('button', 'n')).toBe(false);
    expect(send('button', ']')).toBe(true);
    expect(view.date > before).toBe(true);
    expect(view.moving?.card.id).toBe(card.id);
  });
});

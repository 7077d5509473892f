import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import type { DaySheet as Day } from '../desk/api';
import CalendarGrid from './CalendarGrid.svelte';
import { operatoryColumns } from './columns';
import type { Intent } from './intents';
import { day, operatories, roster, visit } from './stories/fixtures';
import { STORIES, type Story, type StoryName } from './stories/stories';

interface Shown {
  intents: Intent[];
  change: (to: Record<string, unknown>) => Promise<void>;
  key: (key: string, more?: Record<string, boolean>) => Promise<void>;
}

function show(sheet: Day, count = 4, more: Record<string, unknown> = {}): Shown {
  const intents: Intent[] = [];
  const props = { ...given(sheet, count), roster: roster(count), increment: 10, onintent: (intent: Intent) => intents.push(intent), ...more };
  const rendered = render(CalendarGrid, props);
  return {
    intents,
    change: async (to) => {
      await rendered.rerender(to);
      await tick();
    },
    key: async (key, held = {}) => {
      await fireEvent.keyDown(document.activeElement ?? document.body, { key, ...held });
      await tick();
      await tick();
    },
  };
}

/** A sheet and its columns. */
function given(sheet: Day, count = 4) {
  return { sheets: [sheet], columns: operatoryColumns(operatories(count), sheet.date) };
}

function story(name: StoryName): Shown {
  const shown: Story = STORIES[name];
  return show(shown.sheet(), shown.operatories, {
    nowAt: () => shown.nowMinute ?? null,
    selected: shown.selected ?? null,
    showBroken: shown.showBroken ?? false,
    pending: new Set(shown.pending ?? []),
    locationName: 'Lakeside',
  });
}

const tabStops = (): Element[] => [...document.querySelectorAll('[tabindex="0"]')];

describe('what a reader is told', () => {
  it('a landmark for each operatory, a list item with a button for each visit', () => {
    story('conflict');
    const first = screen.getByRole('region', { name: 'Op 1' });
    expect(within(first).getAllByRole('listitem')).toHaveLength(2);
    expect(screen.getAllByRole('region')).toHaveLength(4);
  });

  it('a visit by patient, type, time, operatory, provider, status and clash, beginning with what is seen', () => {
    story('conflict');
    expect(
      screen.getByRole('button', {
        name: 'Rivera, Ana, Adjustment 60, 9:00 to 10:00, Op 1, Dr Chen, confirmed, conflict with Osei, Kofi',
      }),
    ).toBeTruthy();
  });

  it('a clash with a visit that is not on this sheet', () => {
    show(day({ appointments: [visit('alone', { conflicts: ['far'] })] }));
    expect(screen.getByRole('button', { name: /has a conflict/ })).toBeTruthy();
  });

  it('every status in words, and a doctor who is needed', () => {
    story('statuses');
    for (const words of ['not confirmed', 'confirmed', 'arrived', 'seated, doctor needed', 'completed', 'checked out', 'cancelled', 'missed']) {
      expect(screen.getAllByRole('button', { name: new RegExp(`, ${words}`) }).length, words).toBeGreaterThan(0);
    }
  });

  it('a change that the desk has not answered', () => {
    story('offline');
    expect(screen.getAllByRole('button', { name: /being saved$/ })).toHaveLength(2);
  });

  it('a block-out by name, times and what it means', () => {
    story('blocks');
    expect(screen.getByRole('button', { name: 'Staff meeting, 14:00 to 14:30, booked only knowingly' })).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Bonding only, 9:00 to 11:00, only for Bonding, Debond' })).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Chair being repaired, 0:00 to 24:00, blocked' })).toBeTruthy();
  });
});

describe('hard states', () => {
  it('an empty day teaches one thing', () => {
    story('empty');
    expect(screen.getByText(/Nothing booked yet/)).toBeTruthy();
  });

  it('a closed day says so', () => {
    story('closed');
    expect(screen.getByText('Lakeside is closed this day.')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Op 1, 8:00, closed, Dr Chen' })).toBeTruthy();
  });

  it('no operatories at all', () => {
    story('nothing');
    expect(screen.getByText(/no operatory or provider is chosen/)).toBeTruthy();
    expect(screen.queryAllByRole('region')).toEqual([]);
  });

  it('fourteen at once stand beside each other', () => {
    story('fourteen');
    const lefts = [...document.querySelectorAll<HTMLElement>('li')].map((item) => item.style.left);
    expect(new Set(lefts).size).toBe(14);
  });

  it('a name of 200 characters and names from right to left are whole for a reader', () => {
    story('names');
    expect(screen.getByRole('button', { name: /^(Wolfeschlegelsteinhausen){8}.*, Adjustment 40/ })).toBeTruthy();
    const arabic = screen.getByText('حداد، ليلى');
    expect(arabic.getAttribute('dir')).toBe('auto');
  });

  it('a five-minute visit keeps its name', () => {
    story('short');
    expect(screen.getByText('Five, Minute 1')).toBeTruthy();
  });

  it('cancelled and missed visits only when asked', async () => {
    const shown = show(day({ appointments: [visit('off', { status: 'cancelled' })] }));
    expect(screen.queryByText('Rivera, Ana')).toBeNull();
    await shown.change({ showBroken: true });
    expect(screen.getByText('Rivera, Ana')).toBeTruthy();
  });

  it('every story has one tab stop, or none without operatories', () => {
    for (const name of Object.keys(STORIES) as StoryName[]) {
      story(name);
      expect(tabStops().length, name).toBe(name === 'nothing' ? 0 : 1);
      document.body.innerHTML = '';
    }
  });

  it('thirty operatories: all are landmarks, those out of sight say what they hold', () => {
    story('thirty');
    expect(screen.getAllByRole('region')).toHaveLength(30);
    const far = screen.getByRole('region', { name: 'Op 30' });
    expect(within(far).getByRole('button').textContent).toMatch(/^Show \d+ visits$/);
  });
});

describe('by keyboard', () => {
  const ana = visit('ana');
  const kofi = visit('kofi', { patient_name: 'Osei, Kofi', operatory: 'op-2', start_minute: 600 });

  function two(more: Record<string, unknown> = {}): Shown {
    const shown = show(day({ appointments: [ana, kofi] }), 4, { selected: 'ana', ...more });
    document.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
    return shown;
  }
  const focused = (): string | null => document.activeElement?.getAttribute('aria-label') ?? null;

  it('the arrows go through free times and visits, and the choice follows', async () => {
    const shown = two();
    expect(focused()).toMatch(/^Rivera, Ana/);
    await shown.key('ArrowRight');
    expect(focused()).toBe('Op 2, 9:00, free, Dr Osei');
    await shown.key('PageDown');
    expect(focused()).toMatch(/^Osei, Kofi/);
    expect(shown.intents).toContainEqual({ kind: 'select', card: null });
    expect(shown.intents).toContainEqual({ kind: 'select', card: 'kofi' });
    expect(tabStops()).toEqual([document.activeElement]);
  });

  it('Enter opens a visit and books a free time', async () => {
    const shown = two();
    await shown.key('Enter');
    expect(shown.intents).toEqual([{ kind: 'open', card: 'ana' }]);
    await shown.key('ArrowRight');
    await shown.key('Enter');
    expect(shown.intents.at(-1)).toEqual({ kind: 'paint', column: 'op-2', minute: 540, length: null });
  });

  it('M, arrows, Enter: one move, and the focus stays on the sheet', async () => {
    const shown = two();
    await shown.key('m');
    expect(focused()).toBe('Op 1, 9:00, moving Rivera, Ana');
    await shown.key('ArrowRight');
    await shown.key('ArrowRight');
    await shown.key('ArrowDown');
    expect(shown.intents.at(-1)).toEqual({ kind: 'say', text: 'Rivera, Ana to Op 3, 9:10' });
    await shown.key('Enter');
    expect(shown.intents.filter((intent) => intent.kind === 'move')).toEqual([
      { kind: 'move', card: 'ana', column: 'op-3', minute: 550 },
    ]);
    await shown.change(given(day({ appointments: [{ ...ana, operatory: 'op-3', start_minute: 550 }, kofi] })));
    expect(focused()).toMatch(/^Rivera, Ana.*Op 3/);
  });

  it('M, Escape: as before', async () => {
    const shown = two();
    await shown.key('m');
    await shown.key('ArrowDown');
    await shown.key('Escape');
    expect(shown.intents.some((intent) => intent.kind === 'move')).toBe(false);
    expect(focused()).toMatch(/^Rivera, Ana/);
  });

  it('paging in move mode keeps the visit in the hand and the focus on the sheet', async () => {
    const shown = two();
    await shown.key('m');
    await shown.key('PageDown');
    expect(shown.intents.at(-1)).toEqual({ kind: 'edge', direction: 'next' });
    await shown.change(given(day({ date: '2026-11-25' })));
    expect(focused()).toBe('Op 1, 9:00, moving Rivera, Ana');
    await shown.key('Enter');
    expect(shown.intents).toContainEqual({ kind: 'move', card: 'ana', column: 'op-1', minute: 540 });
  });

  it('the sheet taken down and put up again keeps the visit in the hand, where it was', async () => {
    show(day({ date: '2026-11-25' }), 4, { moving: { card: ana, at: { column: 'op-3', minute: 600 } } });
    await vi.waitFor(() => expect(focused()).toBe('Op 3, 10:00, moving Rivera, Ana'));
  });

  it('+ and Enter: one resize', async () => {
    const shown = two();
    await shown.key('+');
    await shown.key('ArrowDown', { altKey: true });
    await shown.key('Enter');
    expect(shown.intents.filter((intent) => intent.kind === 'resize')).toEqual([
      { kind: 'resize', card: 'ana', minute: 540, length: 60 },
    ]);
  });

  it('a visit that vanishes under the focus hands it to the time where it was', async () => {
    const shown = two();
    await shown.change(given(day({ appointments: [kofi] })));
    await vi.waitFor(() => expect(document.activeElement?.hasAttribute('data-cursor')).toBe(true));
    expect(shown.intents).toEqual([]);
  });

  it('a visit that vanishes in the hand: put down, and said', async () => {
    const shown = two();
    await shown.key('m');
    await shown.change(given(day({ appointments: [kofi] })));
    expect(shown.intents.at(-1)).toEqual({ kind: 'say', text: 'Rivera, Ana is no longer on this day. Nothing was moved here.' });
    await shown.key('Enter');
    expect(shown.intents.some((intent) => intent.kind === 'move')).toBe(false);
  });

  it('keys that are not the sheet’s reach the view, but not while a visit is in the hand', async () => {
    const heard: string[] = [];
    const listen = (event: KeyboardEvent): void => void heard.push(event.key);
    document.addEventListener('keydown', listen);
    const shown = two();
    await shown.key('c');
    await shown.key('m');
    await shown.key('c');
    await shown.key(']');
    document.removeEventListener('keydown', listen);
    expect(heard).toEqual(['c', ']']);
  });

  it('a desk that may only look moves nothing', async () => {
    const shown = two({ canEdit: false });
    await shown.key('m');
    await shown.key('+');
    await shown.key('ArrowRight');
    await shown.key('Enter');
    expect(shown.intents.every((intent) => intent.kind === 'select' || intent.kind === 'cursor')).toBe(true);
  });

  it('Shift F10 asks for the menu of what is focused', async () => {
    const shown = two();
    await shown.key('F10', { shiftKey: true });
    expect(shown.intents[0]).toMatchObject({ kind: 'menu', card: 'ana' });
  });
});

describe('without a pointer', () => {
  it('a press from a screen reader chooses and opens', async () => {
    const shown = show(day({ appointments: [visit('ana')] }));
    await fireEvent.click(screen.getByRole('button', { name: /^Rivera, Ana/ }), { detail: 0 });
    expect(shown.intents).toEqual([
      { kind: 'select', card: 'ana' },
      { kind: 'open', card: 'ana' },
    ]);
  });

  it('on a free time it books', async () => {
    const shown = show(day());
    await fireEvent.click(screen.getByRole('button', { name: 'Op 1, 8:00, free, Dr Chen' }), { detail: 0 });
    expect(shown.intents).toEqual([{ kind: 'paint', column: 'op-1', minute: 480, length: null }]);
  });
});

describe('fine-grained', () => {
  it('a visit that moves leaves the other cards’ elements alone', async () => {
    const ana = visit('ana');
    const kofi = visit('kofi', { patient_name: 'Osei, Kofi', start_minute: 600 });
    const shown = show(day({ appointments: [ana, kofi] }));
    const before = document.querySelector('[data-card="kofi"]');
    await shown.change(given(day({ appointments: [{ ...ana, operatory: 'op-2' }, kofi] })));
    expect(document.querySelector('[data-card="kofi"]')).toBe(before);
    expect(within(screen.getByRole('region', { name: 'Op 2' })).getAllByRole('listitem')).toHaveLength(1);
  });
});

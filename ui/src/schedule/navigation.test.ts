import { describe, expect, it } from 'vitest';
import { packLanes } from './geometry/lanes';
import { plainTime } from './geometry/time';
import { focusFromPlace, step, type Focus, type NavKey, type NavSheet } from './navigation';
import { minuteOf } from './gestures/scene.test-kit';

/** `'ana 9:00 40 | kofi 9:20 40'`: one column's visits. */
function column(id: string, drawn: string): NavSheet['columns'][number] {
  const visits = drawn
    .split('|')
    .filter((each) => each.trim() !== '')
    .map((each) => {
      const [name = '', time = '', minutes = ''] = each.trim().split(' ');
      return { id: name, start: minuteOf(time), end: minuteOf(time) + Number(minutes), yields: false };
    });
  const lanes = packLanes(visits);
  const cards = visits
    .map(({ id: card, start, end }) => ({ id: card, start, end, lane: lanes.get(card)?.lane ?? 0 }))
    .sort((a, b) => a.start - b.start || a.lane - b.lane);
  return { id, cards };
}

function sheet(...columns: string[]): NavSheet {
  return {
    columns: columns.map((drawn, at) => column(`op-${at + 1}`, drawn)),
    range: { from: 420, until: 1080 },
    increment: 10,
    open: { from: 480, until: 1020 },
    page: 120,
  };
}

function said(focus: Focus): string {
  return focus.kind === 'card' ? focus.card : `${focus.column} ${plainTime(focus.row)}`;
}

/** Where the keys lead, one after the other. */
function walk(on: NavSheet, from: Focus, ...keys: NavKey[]): string[] {
  let at = from;
  return keys.map((key) => {
    at = step(at, key, on);
    return said(at);
  });
}

const free = (column: string, time: string): Focus => focusFromPlace({ column, minute: minuteOf(time) });
const on = (card: string, column: string, time: string): Focus => ({ kind: 'card', card, column, row: minuteOf(time) });

describe('down and up a column', () => {
  const day = sheet('ana 9:00 40 | kofi 9:40 20 | yuki 10:20 60');

  it('goes through free times and visits', () => {
    expect(walk(day, free('op-1', '8:40'), 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown')).toEqual([
      'op-1 8:50',
      'ana',
      'kofi',
      'op-1 10:00',
      'op-1 10:10',
      'yuki',
    ]);
  });

  it('and back the same way', () => {
    expect(walk(day, on('yuki', 'op-1', '10:20'), 'ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowUp')).toEqual([
      'op-1 10:10',
      'op-1 10:00',
      'kofi',
      'ana',
      'op-1 8:50',
    ]);
  });

  it('walks through a knot one by one', () => {
    const knot = sheet('ana 9:00 60 | kofi 9:10 20 | yuki 9:40 40');
    expect(walk(knot, on('ana', 'op-1', '9:00'), 'ArrowDown', 'ArrowDown', 'ArrowDown')).toEqual(['kofi', 'yuki', 'op-1 10:20']);
    expect(walk(knot, on('yuki', 'op-1', '9:40'), 'ArrowUp', 'ArrowUp', 'ArrowUp')).toEqual(['kofi', 'ana', 'op-1 8:50']);
  });

  it('stops at the head and the foot of the sheet', () => {
    expect(walk(day, free('op-1', '7:00'), 'ArrowUp')).toEqual(['op-1 7:00']);
    expect(walk(day, free('op-1', '17:50'), 'ArrowDown')).toEqual(['op-1 17:50']);
  });

  it('finds the grid again after a visit that ends off it', () => {
    expect(walk(sheet('odd 9:05 40'), on('odd', 'op-1', '9:05'), 'ArrowDown')).toEqual(['op-1 9:50']);
    expect(walk(sheet('odd 9:05 40'), on('odd', 'op-1', '9:05'), 'ArrowUp')).toEqual(['op-1 8:50']);
  });
});

describe('across columns', () => {
  const day = sheet('ana 9:00 120', 'kofi 9:20 20', 'yuki 9:00 60 | eva 9:30 60');

  it('keeps the row', () => {
    expect(walk(day, on('ana', 'op-1', '9:20'), 'ArrowRight', 'ArrowRight')).toEqual(['kofi', 'yuki']);
    expect(walk(day, on('ana', 'op-1', '10:00'), 'ArrowRight', 'ArrowRight', 'ArrowLeft', 'ArrowLeft')).toEqual([
      'op-2 10:00',
      'eva',
      'yuki',
      'op-2 10:00',
    ]);
  });

  it('goes through lanes before it leaves the column', () => {
    expect(walk(day, on('yuki', 'op-3', '9:40'), 'ArrowRight', 'ArrowLeft')).toEqual(['eva', 'yuki']);
    expect(walk(day, free('op-2', '9:40'), 'ArrowRight')).toEqual(['yuki']);
  });

  it('coming from the right finds the rightmost lane', () => {
    const mirrored = sheet('yuki 9:00 60 | eva 9:30 60', '');
    expect(walk(mirrored, free('op-2', '9:40'), 'ArrowLeft')).toEqual(['eva']);
  });

  it('stops at the sides', () => {
    expect(walk(day, on('ana', 'op-1', '9:00'), 'ArrowLeft')).toEqual(['ana']);
    expect(walk(day, on('eva', 'op-3', '9:40'), 'ArrowRight')).toEqual(['eva']);
  });

  it('jumps to the first and the last column', () => {
    expect(walk(day, free('op-2', '9:00'), 'LastColumn', 'FirstColumn')).toEqual(['yuki', 'ana']);
  });
});

describe('far', () => {
  const day = sheet('ana 9:00 40');

  it('Home and End are the opening hours', () => {
    expect(walk(day, free('op-1', '12:00'), 'Home', 'End')).toEqual(['op-1 8:00', 'op-1 16:50']);
  });

  it('pages by what is in sight', () => {
    expect(walk(day, free('op-1', '11:00'), 'PageUp', 'PageDown', 'PageDown')).toEqual(['ana', 'op-1 11:00', 'op-1 13:00']);
  });

  it('from a column that left the view begins at the first', () => {
    expect(walk(day, free('gone', '11:00'), 'ArrowDown')).toEqual(['op-1 11:00']);
  });

  it('with no column it stays', () => {
    expect(walk({ ...day, columns: [] }, free('gone', '11:00'), 'ArrowDown')).toEqual(['gone 11:00']);
  });
});

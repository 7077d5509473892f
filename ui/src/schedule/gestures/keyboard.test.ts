import { describe, expect, it } from 'vitest';
import { finder, operatoryColumns } from '../columns';
import { LOCATION } from '../stories/fixtures';
import { card, drawnColumns, TestHand } from './scene.test-kit';

const others = operatoryColumns([{ id: 'other', location: LOCATION, name: 'Other', usual_provider: null, is_active: true }], '2026-11-25');
const oneOther = { columns: others, find: finder(others) };

const ana = card('ana op-1 9:00 40');
const kofi = card('kofi op-3 10:00 60');

function carrying(): TestHand {
  const held = new TestHand([ana, kofi]).carry('ana');
  held.intents = [];
  return held;
}

describe('move mode', () => {
  it('begins with what to do', () => {
    const held = new TestHand([ana]).carry('ana');
    expect(held.state.name).toBe('carrying');
    expect(held.said[0]).toMatch(/^Moving ana from Op 1, 9:00\. Arrows move it/);
  });

  it('says each step', () => {
    const held = carrying().key('ArrowDown').key('ArrowRight').key('ArrowRight').key('ArrowDown', true);
    expect(held.said).toEqual([
      'ana to Op 1, 9:10',
      'ana to Op 2, 9:10',
      'ana to Op 3, 9:10',
      'ana to Op 3, 10:10, over kofi',
    ]);
  });

  it('Enter drops it: one move', () => {
    const held = carrying().key('ArrowRight').key('ArrowUp', true).key('Enter');
    expect(held.state.name).toBe('idle');
    expect(held.wanted).toEqual([{ kind: 'move', card: 'ana', column: 'op-2', minute: 480 }]);
  });

  it('Escape puts it back', () => {
    const held = carrying().key('ArrowRight').key('Escape');
    expect(held.state.name).toBe('idle');
    expect(held.wanted).toEqual([]);
    expect(held.said.at(-1)).toBe('ana put back to Op 1, 9:00');
  });

  it('Enter where it began asks for nothing', () => {
    expect(carrying().key('ArrowRight').key('ArrowLeft').key('Enter').wanted).toEqual([]);
  });

  it('stops at the first and last column, silently', () => {
    const held = carrying().key('ArrowLeft');
    expect(held.said).toEqual([]);
    expect(carrying().key('End').key('ArrowRight').said).toEqual(['ana to Op 3, 9:00']);
    expect(carrying().key('End').key('Home').said.at(-1)).toBe('ana to Op 1, 9:00');
  });

  it('goes to grid lines from a time off the grid', () => {
    const held = new TestHand([card('odd op-1 9:05 40')]).carry('odd').key('ArrowDown');
    expect(held.said.at(-1)).toBe('odd to Op 1, 9:10');
    held.key('ArrowUp').key('ArrowUp');
    expect(held.said.at(-1)).toBe('odd to Op 1, 8:50');
  });

  it('stays within the day', () => {
    const held = new TestHand([card('late op-1 23:00 50')]).carry('late').key('ArrowDown').key('ArrowDown').key('ArrowDown');
    expect(held.said.at(-1)).toBe('late to Op 1, 23:10');
  });

  it('pages days and carries on', () => {
    const held = carrying().key('PageDown');
    expect(held.wanted).toEqual([{ kind: 'edge', direction: 'next' }]);
    held.redraw([], drawnColumns('2026-11-25'));
    expect(held.state.name).toBe('carrying');
    held.key('ArrowDown').key('Enter');
    expect(held.wanted.at(-1)).toEqual({ kind: 'move', card: 'ana', column: 'op-1', minute: 550 });
  });

  it('on a day without its operatory it stands in the first one', () => {
    const held = carrying().redraw([], {
      ...oneOther,
      layout: { count: 1, width: 120, total: 120 },
    });
    held.key('Enter');
    expect(held.wanted).toEqual([{ kind: 'move', card: 'ana', column: 'other', minute: 540 }]);
  });

  it('ends and says so when the visit vanished or moved meanwhile', () => {
    const gone = carrying().redraw([kofi]);
    expect(gone.state.name).toBe('idle');
    expect(gone.said).toEqual(['ana is no longer on this day. Nothing was moved here.']);
    const moved = carrying().redraw([card('ana op-2 9:00 40')]);
    expect(moved.state.name).toBe('idle');
    expect(moved.said[0]).toContain('is now in Op 2, 9:00');
  });

  it('a click drops it there', () => {
    const held = carrying().pressFree('op-2', '11:04');
    expect(held.wanted).toEqual([{ kind: 'move', card: 'ana', column: 'op-2', minute: 660 }]);
    expect(carrying().press('kofi').wanted).toHaveLength(1);
  });

  it('changes a length only after the drop', () => {
    const held = carrying().key('+');
    expect(held.state.name).toBe('carrying');
    expect(held.said).toEqual(['Drop it first, then change its length.']);
  });

  it('does not begin in a busy hand, nor on a desk that may only look', () => {
    expect(carrying().carry('kofi').state).toMatchObject({ snapshot: { card: ana } });
    expect(new TestHand([ana], { canEdit: false }).carry('ana').state.name).toBe('idle');
  });

  it('takes a visit from the pinboard to a wished place', () => {
    const held = new TestHand([]).send({ type: 'carry', card: { ...ana, operatory: 'elsewhere' }, from: { column: 'op-2', minute: 604 } });
    expect(held.key('Enter').wanted).toEqual([{ kind: 'move', card: 'ana', column: 'op-2', minute: 600 }]);
  });
});

describe('changing a length by keyboard', () => {
  function stretching(steps = 1): TestHand {
    return new TestHand([ana, card('eva op-1 9:50 20')]).send({ type: 'stretch', card: 'ana', steps });
  }

  it('says each step and keeps on Enter: one resize', () => {
    const held = stretching().key('+').key('-').key('ArrowDown').key('Enter');
    expect(held.said).toEqual([
      'ana 50 minutes, until 9:50',
      'ana 60 minutes, until 10:00, over eva',
      'ana 50 minutes, until 9:50',
      'ana 60 minutes, until 10:00, over eva',
      'ana 60 minutes, until 10:00, over eva',
    ]);
    expect(held.wanted).toEqual([{ kind: 'resize', card: 'ana', minute: 540, length: 60 }]);
  });

  it('further steps go on from where it stands', () => {
    expect(stretching().send({ type: 'stretch', card: 'ana', steps: 2 }).state).toMatchObject({ length: 70 });
  });

  it('Escape puts it back', () => {
    const held = stretching().key('Escape');
    expect(held.state.name).toBe('idle');
    expect(held.wanted).toEqual([]);
  });

  it('never shorter than an increment', () => {
    expect(stretching(-9).state).toMatchObject({ length: 10 });
  });

  it('never past midnight', () => {
    const held = new TestHand([card('late op-1 23:30 20')]).send({ type: 'stretch', card: 'late', steps: 5 });
    expect(held.state).toMatchObject({ length: 30 });
  });

  it('ends when the visit vanished', () => {
    expect(stretching().redraw([]).state.name).toBe('idle');
  });

  it('does not begin for a visit that is not there', () => {
    expect(new TestHand([]).send({ type: 'stretch', card: 'ana', steps: 1 }).state.name).toBe('idle');
  });

  it('other keys change nothing', () => {
    const held = stretching();
    const before = held.state;
    expect(held.key('x').state).toBe(before);
  });
});

import { describe, expect, it } from 'vitest';
import { card, drawnColumns, TestHand } from './scene.test-kit';
import { landingOf } from './landing';

const ana = card('ana op-1 9:00 40');
const kofi = card('kofi op-2 10:00 60');

function hand(): TestHand {
  return new TestHand([ana, kofi]);
}

describe('a press is not yet a drag', () => {
  it('points at the card and chooses it', () => {
    const held = hand().press('ana');
    expect(held.state.name).toBe('pointing_card');
    expect(held.intents).toEqual([{ kind: 'select', card: 'ana' }]);
  });

  it('stays a click while the pointer only trembles', () => {
    const held = hand().press('ana').drag(2, 2);
    expect(held.state.name).toBe('pointing_card');
    held.release();
    expect(held.state.name).toBe('idle');
    expect(held.wanted).toEqual([]);
  });

  it('becomes a move past the threshold', () => {
    expect(hand().press('ana').drag(0, 4).state.name).toBe('moving');
  });

  it('of a card that is not there is nothing', () => {
    const held = hand().send({ type: 'press_card', card: 'nobody', part: 'body', point: { x: 1, y: 1 } });
    expect(held.state.name).toBe('idle');
    expect(held.intents).toEqual([]);
  });

  it('on a desk that may only look never drags', () => {
    const held = new TestHand([ana], { canEdit: false }).press('ana').drag(0, 100);
    expect(held.state.name).toBe('pointing_card');
    expect(held.release().wanted).toEqual([]);
    expect(held.pressFree('op-2', '9:00').drag(0, 60).release().wanted).toEqual([]);
  });
});

describe('moving', () => {
  it('press, drag 45 minutes, release: exactly one move, on the grid', () => {
    const held = hand().press('ana').drag(0, 20).drag(0, 45).release();
    expect(held.state.name).toBe('idle');
    expect(held.wanted).toEqual([{ kind: 'move', card: 'ana', column: 'op-1', minute: 590 }]);
  });

  it('press, drag 45 minutes, Escape: unchanged', () => {
    const held = hand().press('ana').drag(0, 45).key('Escape');
    expect(held.state.name).toBe('idle');
    expect(held.wanted).toEqual([]);
    expect(held.said).toEqual(['ana put back to Op 1, 9:00']);
  });

  it('a lost pointer puts it back, too', () => {
    const held = hand().press('ana').drag(0, 45).send({ type: 'cancel' });
    expect(held.state.name).toBe('idle');
    expect(held.wanted).toEqual([]);
  });

  it('is computed from the snapshot, so the way there does not matter', () => {
    const straight = hand().press('ana').drag(120, 60);
    const wandering = hand().press('ana').drag(300, 7).drag(-50, 333).drag(41, -90).drag(120, 60);
    expect(landingOf(wandering.state, wandering.scene)).toEqual(landingOf(straight.state, straight.scene));
  });

  it('across columns keeps the time to the minute', () => {
    const odd = card('odd op-1 9:05 40');
    const held = new TestHand([odd]).press('odd').drag(120, 0).release();
    expect(held.wanted).toEqual([{ kind: 'move', card: 'odd', column: 'op-2', minute: 545 }]);
  });

  it('back where it began asks for nothing and says so', () => {
    const held = hand().press('ana').drag(120, 60).drag(0, 0).release();
    expect(held.wanted).toEqual([]);
    expect(held.said).toEqual(['ana put back to Op 1, 9:00']);
  });

  it('is held inside the sheet at every side', () => {
    const held = hand().press('ana').drag(-900, -900);
    expect(landingOf(held.state, held.scene)).toEqual({ column: 'op-1', minute: 480, length: 40 });
    held.drag(900, 9000);
    expect(landingOf(held.state, held.scene)).toEqual({ column: 'op-3', minute: 1040, length: 40 });
  });

  it('says at the drop where it went and over whom', () => {
    const held = hand().press('ana').drag(120, 80).release();
    expect(held.said).toEqual(['ana to Op 2, 10:20, over kofi']);
  });

  it('names how many more are in the way', () => {
    const held = new TestHand([ana, kofi, card('yuki op-2 10:30 30'), card('eva op-2 10:10 10')]).press('ana').drag(120, 80);
    held.release();
    expect(held.said).toEqual(['ana to Op 2, 10:20, over kofi and 1 more']);
  });
});

describe('while it is in the hand, the world goes on', () => {
  it('a visit that vanished: idle, and it says so', () => {
    const held = hand().press('ana').drag(0, 45).redraw([kofi]);
    expect(held.state.name).toBe('idle');
    expect(held.said).toEqual(['ana is no longer on this day. Nothing was moved here.']);
    expect(held.release().wanted).toEqual([]);
  });

  it('a visit that was moved elsewhere: idle, and it says where it is now', () => {
    const held = hand().press('ana').drag(0, 45).redraw([card('ana op-3 11:00 40'), kofi]);
    expect(held.state.name).toBe('idle');
    expect(held.said).toEqual(['ana was just changed elsewhere and is now in Op 3, 11:00. Nothing was moved here.']);
  });

  it('a visit whose status changed is still the same visit', () => {
    const held = hand().press('ana').drag(0, 45).redraw([{ ...ana, status: 'arrived' }, kofi]);
    expect(held.state.name).toBe('moving');
    expect(held.release().wanted).toHaveLength(1);
  });

  it('another visit that changed disturbs nothing', () => {
    expect(hand().press('ana').drag(0, 45).redraw([ana]).state.name).toBe('moving');
  });

  it('it vanished between the last move and the release', () => {
    const held = hand().press('ana').drag(0, 45);
    held.scene = { ...held.scene, cards: new Map() };
    held.release();
    expect(held.wanted).toEqual([]);
    expect(held.said).toEqual(['ana is no longer on this day. Nothing was moved here.']);
  });

  it('a press whose card vanished ends quietly', () => {
    const held = hand().press('ana').redraw([]);
    expect(held.state.name).toBe('idle');
    expect(held.said).toEqual([]);
  });
});

describe('resizing', () => {
  it('the lower edge: one resize', () => {
    const held = hand().press('ana', 'end').drag(0, 22);
    expect(held.state.name).toBe('resizing_end');
    held.release();
    expect(held.wanted).toEqual([{ kind: 'resize', card: 'ana', minute: 540, length: 60 }]);
    expect(held.said).toEqual(['ana 60 minutes, until 10:00']);
  });

  it('never below an increment', () => {
    const held = hand().press('ana', 'end').drag(0, -300).release();
    expect(held.wanted).toEqual([{ kind: 'resize', card: 'ana', minute: 540, length: 10 }]);
  });

  it('a five-minute visit may stay as short as it is', () => {
    const short = card('short op-1 9:00 5');
    const held = new TestHand([short]).press('short', 'end').drag(0, -30).release();
    expect(held.wanted).toEqual([]);
  });

  it('the upper edge keeps the end', () => {
    const held = hand().press('ana', 'start').drag(0, -30);
    expect(held.state.name).toBe('resizing_start');
    expect(held.release().wanted).toEqual([{ kind: 'resize', card: 'ana', minute: 510, length: 70 }]);
  });

  it('the upper edge never passes the end', () => {
    const held = hand().press('ana', 'start').drag(0, 300).release();
    expect(held.wanted).toEqual([{ kind: 'resize', card: 'ana', minute: 570, length: 10 }]);
  });

  it('Escape: unchanged', () => {
    const held = hand().press('ana', 'end').drag(0, 60).key('Escape');
    expect(held.state.name).toBe('idle');
    expect(held.wanted).toEqual([]);
  });

  it('the day turns under it: put back', () => {
    const held = hand().press('ana', 'end').drag(0, 60).redraw([], drawnColumns('2026-11-25'));
    expect(held.state.name).toBe('idle');
    expect(held.wanted).toEqual([]);
  });
});

describe('painting', () => {
  it('a click puts the cursor on the grid line above', () => {
    const held = hand().pressFree('op-3', '9:17').release();
    expect(held.intents).toEqual([
      { kind: 'select', card: null },
      { kind: 'cursor', column: 'op-3', minute: 550 },
    ]);
  });

  it('a drag down paints whole increments', () => {
    const held = hand().pressFree('op-3', '9:17').moveTo('op-3', '9:52');
    expect(held.state.name).toBe('painting');
    expect(held.release().wanted).toEqual([{ kind: 'paint', column: 'op-3', minute: 550, length: 50 }]);
  });

  it('upwards is the same stretch', () => {
    const held = hand().pressFree('op-3', '9:52').moveTo('op-3', '9:17').release();
    expect(held.wanted).toEqual([{ kind: 'paint', column: 'op-3', minute: 550, length: 50 }]);
  });

  it('stays in the column where it began', () => {
    const held = hand().pressFree('op-3', '9:10').moveTo('op-1', '9:40').release();
    expect(held.wanted).toEqual([{ kind: 'paint', column: 'op-3', minute: 550, length: 30 }]);
  });

  it('a slip sideways is a click', () => {
    expect(hand().pressFree('op-3', '9:10').drag(30, 1).state.name).toBe('pointing_empty');
  });

  it('Escape paints nothing', () => {
    const held = hand().pressFree('op-3', '9:10').drag(0, 60).key('Escape').release();
    expect(held.wanted).toEqual([]);
  });

  it('ends when its column leaves the view', () => {
    const held = hand().pressFree('op-3', '9:10').drag(0, 60);
    held.redraw([], { columns: drawnColumns('2026-11-24').columns.slice(0, 1), layout: { count: 1, width: 120, total: 120 } });
    expect(held.state.name).toBe('idle');
  });

  it('with no column there is nothing to press', () => {
    const held = new TestHand([], { columns: [], layout: { count: 0, width: 0, total: 0 } });
    expect(held.send({ type: 'press_empty', point: { x: 5, y: 5 } }).state.name).toBe('idle');
  });
});

describe('at the edges', () => {
  const point = { x: 60, y: 65 };

  it('scrolling under a still pointer moves the landing', () => {
    const held = hand().press('ana').drag(0, 10);
    held.send({ type: 'tick', point: { x: 60, y: 65 + 200 }, milliseconds: 16, beyond: null });
    expect(landingOf(held.state, held.scene)?.minute).toBe(740);
  });

  it('resting beyond a side turns the day once, and not again at once', () => {
    const held = hand().press('ana').drag(0, 10);
    for (let each = 0; each < 70; each += 1) held.send({ type: 'tick', point, milliseconds: 16, beyond: 'next' });
    expect(held.wanted).toEqual([{ kind: 'edge', direction: 'next' }]);
  });

  it('leaving the side forgets how long it rested', () => {
    const held = hand().press('ana').drag(0, 10);
    for (let each = 0; each < 30; each += 1) held.send({ type: 'tick', point, milliseconds: 16, beyond: 'next' });
    held.send({ type: 'tick', point, milliseconds: 16, beyond: null });
    for (let each = 0; each < 30; each += 1) held.send({ type: 'tick', point, milliseconds: 16, beyond: 'next' });
    expect(held.wanted).toEqual([]);
  });

  it('the visit stays in the hand on the other day, and drops there', () => {
    const held = hand().press('ana').drag(0, 60).redraw([], drawnColumns('2026-11-25'));
    expect(held.state.name).toBe('moving');
    expect(held.release().wanted).toEqual([{ kind: 'move', card: 'ana', column: 'op-1', minute: 600 }]);
  });

  it('dropped at its own time on another day it has moved', () => {
    const held = hand().press('ana').drag(0, 30).redraw([], drawnColumns('2026-11-25')).drag(0, 0).release();
    expect(held.wanted).toEqual([{ kind: 'move', card: 'ana', column: 'op-1', minute: 540 }]);
  });

  it('ticks mean nothing to an empty hand', () => {
    expect(hand().send({ type: 'tick', point, milliseconds: 16, beyond: 'next' }).state.name).toBe('idle');
  });
});

describe('a finger', () => {
  it('that stays lifts the card', () => {
    expect(hand().press('ana').send({ type: 'hold' }).state.name).toBe('moving');
  });

  it('that stays on free time does nothing', () => {
    expect(hand().pressFree('op-3', '9:00').send({ type: 'hold' }).state.name).toBe('pointing_empty');
  });
});

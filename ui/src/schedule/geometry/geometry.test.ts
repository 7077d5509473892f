import { describe, expect, it } from 'vitest';
import { block, DATE, dice, LOCATION, operatories, providers, roster } from '../stories/fixtures';
import { columnAt, columnsInSight, hitTest, layoutColumns, MAX_COLUMN, MIN_COLUMN, placeOfHit } from './columns';
import { EDGE_ZONE, scrollVelocity, sideAt } from './scrolling';
import { cut, cutBlocks, gaps, merge, patternRuns, providerAway, subtract } from './spans';
import { heightOf, minuteAt, nowLine, plainTime, snapMoved, visibleRange, yOf, type TimeScale } from './time';

const scale: TimeScale = { range: { from: 480, until: 1020 }, hourHeight: 96 };

describe('minutes and pixels', () => {
  it('go both ways', () => {
    for (const minute of [480, 481, 545, 1020]) expect(minuteAt(yOf(minute, scale), scale)).toBeCloseTo(minute);
    expect(heightOf(40, scale)).toBe(64);
  });

  it('a drag of less than half an increment leaves a time alone, even off the grid', () => {
    expect(snapMoved(545, 4.9, 10)).toBe(545);
    expect(snapMoved(545, -4.9, 10)).toBe(545);
    expect(snapMoved(545, 5, 10)).toBe(550);
    expect(snapMoved(540, 45, 10)).toBe(590);
    expect(snapMoved(540, -44, 15)).toBe(495);
  });

  it('writes a time plainly', () => {
    expect([0, 540, 605, 1439].map(plainTime)).toEqual(['0:00', '9:00', '10:05', '23:59']);
  });
});

describe('the part of the day worth showing', () => {
  const open = [{ from: 480, until: 1020 }];

  it('is opening hours with a margin, in whole hours', () => {
    expect(visibleRange(open, [], [])).toEqual({ from: 420, until: 1080 });
    expect(visibleRange([{ from: 510, until: 990 }], [], [])).toEqual({ from: 480, until: 1020 });
  });

  it('stretches for early and late visits', () => {
    const early = { start_minute: 375, length_minutes: 30 };
    const late = { start_minute: 1110, length_minutes: 45 };
    expect(visibleRange(open, [early, late], [])).toEqual({ from: 360, until: 1200 });
  });

  it('stretches for a meeting before hours, but not for a whole-day block-out', () => {
    expect(visibleRange(open, [], [{ start_minute: 380, length_minutes: 30 }])).toEqual({ from: 360, until: 1080 });
    expect(visibleRange(open, [], [{ start_minute: 0, length_minutes: 1440 }])).toEqual({ from: 420, until: 1080 });
  });

  it('of a closed day is an ordinary day', () => {
    expect(visibleRange([], [], [])).toEqual({ from: 480, until: 1020 });
  });

  it('never leaves the day', () => {
    expect(visibleRange([{ from: 0, until: 1440 }], [], [])).toEqual({ from: 0, until: 1440 });
  });

  it('knows where now is, and when it is not on the sheet', () => {
    expect(nowLine(540, scale)).toBe(96);
    expect(nowLine(479, scale)).toBeNull();
    expect(nowLine(null, scale)).toBeNull();
  });
});

describe('columns', () => {
  it('share the room in whole pixels', () => {
    expect(layoutColumns(5, 1001)).toEqual({ count: 5, width: 200, total: 1000 });
  });

  it('are never narrower than a name needs, nor absurdly wide', () => {
    expect(layoutColumns(30, 1200).width).toBe(MIN_COLUMN);
    expect(layoutColumns(1, 4000).width).toBe(MAX_COLUMN);
    expect(layoutColumns(30, 1200, 224).width).toBe(224);
    expect(layoutColumns(0, 1200)).toEqual({ count: 0, width: 0, total: 0 });
  });

  it('ten fit in 1280 pixels beside the times', () => {
    expect(layoutColumns(10, 1280 - 52).total).toBeLessThanOrEqual(1280 - 52);
  });

  it('are found under a point, held inside', () => {
    const layout = layoutColumns(3, 360);
    expect([-50, 0, 119, 120, 359, 900].map((x) => columnAt(x, layout))).toEqual([0, 0, 0, 1, 2, 2]);
    expect(hitTest({ x: 130, y: 96 }, layout, scale)).toEqual({ column: 1, minute: 540 });
    expect(hitTest({ x: 130, y: -10 }, layout, scale)).toEqual({ column: 1, minute: 480 });
    expect(hitTest({ x: 0, y: 0 }, layoutColumns(0, 0), scale)).toBeNull();
  });

  it('a click lands on the grid line above, never past the foot', () => {
    expect(placeOfHit({ column: 0, minute: 557 }, 10, scale)).toEqual({ column: 0, minute: 550 });
    expect(placeOfHit({ column: 0, minute: 1020 }, 10, scale)).toEqual({ column: 0, minute: 1010 });
  });

  it('are all drawn when they are few, else those in sight and two beside', () => {
    expect(columnsInSight(layoutColumns(12, 600), 0, 600)).toEqual({ first: 0, end: 12 });
    const thirty = layoutColumns(30, 1120);
    expect(columnsInSight(thirty, 0, 1120)).toEqual({ first: 0, end: 12 });
    expect(columnsInSight(thirty, 1120, 1120)).toEqual({ first: 8, end: 22 });
    expect(columnsInSight(thirty, 112 * 20, 1120)).toEqual({ first: 18, end: 30 });
  });
});

describe('spans', () => {
  it('are cut, merged, and leave gaps', () => {
    expect(cut({ from: 0, until: 600 }, { from: 480, until: 1020 })).toEqual({ from: 480, until: 600 });
    expect(cut({ from: 0, until: 480 }, { from: 480, until: 1020 })).toBeNull();
    expect(merge([{ from: 60, until: 90 }, { from: 0, until: 60 }, { from: 80, until: 85 }, { from: 7, until: 7 }])).toEqual([
      { from: 0, until: 90 },
    ]);
    expect(gaps([{ from: 480, until: 720 }, { from: 780, until: 1020 }], { from: 420, until: 1080 })).toEqual([
      { from: 420, until: 480 },
      { from: 720, until: 780 },
      { from: 1020, until: 1080 },
    ]);
    expect(gaps([], { from: 0, until: 10 })).toEqual([{ from: 0, until: 10 }]);
    expect(subtract([{ from: 0, until: 100 }], [{ from: 20, until: 30 }])).toEqual([
      { from: 0, until: 20 },
      { from: 30, until: 100 },
    ]);
  });

  it('block-outs belong to a column by operatory, by its usual provider, or to all', () => {
    const column = { kind: 'operatory' as const, of: 'op-1', provider: 'provider-1' };
    const all = [
      block('everywhere'),
      block('mine', { target: { kind: 'operatory', id: 'op-1' }, start_minute: 540 }),
      block('other', { target: { kind: 'operatory', id: 'op-2' } }),
      block('provider', { target: { kind: 'provider', id: 'provider-1' }, start_minute: 900 }),
      block('stranger', { target: { kind: 'provider', id: 'provider-2' } }),
    ];
    expect(cutBlocks(all, column, scale.range).map((piece) => piece.block.id)).toEqual(['mine', 'everywhere', 'provider']);
  });

  it('a block-out is cut to the sheet and says where it goes on', () => {
    const [piece] = cutBlocks(
      [block('day', { start_minute: 0, length_minutes: 1440 })],
      { kind: 'operatory', of: 'op-1', provider: null },
      scale.range,
    );
    expect(piece).toMatchObject({ span: scale.range, continuesBefore: true, continuesAfter: true });
  });

  it('a block-out outside the sheet is not there', () => {
    expect(cutBlocks([block('night', { start_minute: 0, length_minutes: 60 })], { kind: 'operatory', of: 'x', provider: null }, scale.range)).toEqual([]);
  });

  it('a pattern is runs of five minutes, continued to the length', () => {
    expect(patternRuns('XX//X', 25)).toEqual([
      { from: 0, until: 10, needsProvider: true },
      { from: 10, until: 20, needsProvider: false },
      { from: 20, until: 25, needsProvider: true },
    ]);
    expect(patternRuns('X/', 30)).toEqual([
      { from: 0, until: 5, needsProvider: true },
      { from: 5, until: 30, needsProvider: false },
    ]);
    expect(patternRuns('', 20)).toEqual([{ from: 0, until: 20, needsProvider: true }]);
    expect(patternRuns('X///', 8)).toEqual([
      { from: 0, until: 5, needsProvider: true },
      { from: 5, until: 8, needsProvider: false },
    ]);
  });

  it('a provider is away when the location is open and the provider is not in', () => {
    const [provider] = providers;
    const open = [{ from: 480, until: 1020 }];
    const hours = [{ provider: provider?.id ?? '', spans: [{ from: 600, until: 1020 }] }];
    expect(providerAway('provider-0', hours, open, roster(4))).toEqual([{ from: 480, until: 600 }]);
    expect(providerAway('provider-1', hours, open, roster(4))).toEqual(open);
    expect(providerAway(null, hours, open, roster(4))).toEqual([]);
    expect(providerAway('stranger', hours, open, roster(4))).toEqual([]);
  });
});

describe('scrolling by itself', () => {
  const box = { left: 50, top: 50, right: 850, bottom: 650 };

  it('is still away from the edges', () => {
    expect(scrollVelocity(450, 350, box)).toEqual({ x: 0, y: 0 });
    expect(scrollVelocity(50 + EDGE_ZONE, 350, box)).toEqual({ x: 0, y: 0 });
  });

  it('grows towards the edge and goes the right way', () => {
    const near = scrollVelocity(450, 640, box).y;
    const nearer = scrollVelocity(450, 649, box).y;
    expect(near).toBeGreaterThan(0);
    expect(nearer).toBeGreaterThan(near);
    expect(scrollVelocity(450, 900, box).y).toBe(scrollVelocity(450, 5000, box).y);
    expect(scrollVelocity(450, 51, box).y).toBeLessThan(0);
    expect(scrollVelocity(40, 350, box).x).toBeLessThan(0);
    expect(scrollVelocity(860, 350, box).x).toBeGreaterThan(0);
  });

  it('knows beyond which side the pointer rests', () => {
    expect([20, 56, 57, 843, 844, 2000].map((x) => sideAt(x, box))).toEqual([
      'previous',
      'previous',
      null,
      null,
      'next',
      'next',
    ]);
  });
});

describe('the fixtures', () => {
  it('are the same every time', () => {
    const a = dice(7);
    const b = dice(7);
    expect(Array.from({ length: 9 }, () => a(100))).toEqual(Array.from({ length: 9 }, () => b(100)));
    expect(operatories(12)[0]).toMatchObject({ location: LOCATION, usual_provider: 'provider-0' });
    expect(DATE).toBe('2026-11-24');
  });
});

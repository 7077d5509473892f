import { describe, expect, it } from 'vitest';
import { dice } from '../stories/fixtures';
import { packLanes, type LaneInput } from './lanes';

/** Draws visits as `a 0-30`, `b 10-40`; `~` at the end gives way. */
function visits(drawn: string): LaneInput[] {
  return drawn
    .trim()
    .split('\n')
    .map((line) => {
      const [id = '', span = '', yields] = line.trim().split(' ');
      const [start = 0, end = 0] = span.split('-').map(Number);
      return { id, start, end, yields: yields === '~' };
    });
}

/** `a 0+1/2`: lane, lanes covered, lanes in all. */
function check(drawn: string, expected: string): void {
  const lanes = packLanes(visits(drawn));
  const text = [...lanes.values()]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, lane, span, of }) => `${id} ${lane}+${span}/${of}`)
    .join('\n');
  expect(text).toBe(
    expected
      .trim()
      .split('\n')
      .map((line) => line.trim())
      .join('\n'),
  );
}

describe('lanes', () => {
  it('a visit alone has the whole column', () => {
    check('a 0-30', 'a 0+1/1');
  });

  it('visits that only touch do not share', () => {
    check(
      `a 0-30
       b 30-60`,
      `a 0+1/1
       b 0+1/1`,
    );
  });

  it('two that overlap halve it', () => {
    check(
      `a 0-30
       b 10-40`,
      `a 0+1/2
       b 1+1/2`,
    );
  });

  it('a lane is used again as soon as it is free', () => {
    check(
      `a 0-60
       b 0-20
       c 20-40`,
      `a 0+1/2
       b 1+1/2
       c 1+1/2`,
    );
  });

  it('a card widens into lanes that are free beside it', () => {
    check(
      `a 0-100
       b 0-20
       c 0-20
       d 50-60`,
      `a 0+1/3
       b 1+1/3
       c 2+1/3
       d 1+2/3`,
    );
  });

  it('knots do not disturb each other', () => {
    check(
      `a 0-30
       b 0-30
       c 60-90`,
      `a 0+1/2
       b 1+1/2
       c 0+1/1`,
    );
  });

  it('what is cancelled gives way to what stands', () => {
    check(
      `a 0-60 ~
       b 0-30`,
      `a 1+1/2
       b 0+1/2`,
    );
  });

  it('fourteen at once stand in fourteen lanes, in order', () => {
    const many = Array.from({ length: 14 }, (_, at) => ({ id: `v${String(at).padStart(2, '0')}`, start: at, end: 100, yields: false }));
    const lanes = packLanes(many);
    expect(many.map((each) => lanes.get(each.id)?.lane)).toEqual(many.map((_, at) => at));
    expect(lanes.get('v00')?.of).toBe(14);
  });

  it('a visit of no length still has its own lane', () => {
    const lanes = packLanes(visits('a 10-10\nb 10-40'));
    expect(lanes.get('a')?.lane).not.toBe(lanes.get('b')?.lane);
  });

  it('the order of the input does not matter, and nothing that overlaps shares a lane', () => {
    const roll = dice(11);
    for (let round = 0; round < 200; round += 1) {
      const many: LaneInput[] = Array.from({ length: 1 + roll(16) }, (_, at) => {
        const start = roll(24) * 5;
        return { id: `v${at}`, start, end: start + 5 + roll(12) * 5, yields: roll(8) === 0 };
      });
      const lanes = packLanes(many);
      const shuffled = [...many].sort(() => roll(3) - 1);
      const again = packLanes(shuffled);
      for (const a of many) {
        expect(again.get(a.id)).toEqual(lanes.get(a.id));
        for (const b of many) {
          if (a.id === b.id || a.start >= b.end || b.start >= a.end) continue;
          const left = lanes.get(a.id);
          const right = lanes.get(b.id);
          if (!left || !right) throw new Error('a visit was not placed');
          const apart = left.lane + left.span <= right.lane || right.lane + right.span <= left.lane;
          expect(apart, `round ${round}: ${a.id} and ${b.id}`).toBe(true);
          expect(left.of).toBe(right.of);
        }
      }
    }
  });
});

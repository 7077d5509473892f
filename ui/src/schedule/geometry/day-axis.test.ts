import { describe, expect, it } from 'vitest';
import type { DayClock } from '../../desk/api';
import { DayAxis } from './day-axis';

const autumn: DayClock = { minutes: 1500, stretches: [{ from: 0, wall: 0, zone: 'EDT' }, { from: 120, wall: 60, zone: 'EST' }] };
const spring: DayClock = { minutes: 1380, stretches: [{ from: 0, wall: 0, zone: 'EST' }, { from: 120, wall: 180, zone: 'EDT' }] };
/** The clock jumps from midnight to one. */
const santiago: DayClock = { minutes: 1380, stretches: [{ from: 0, wall: 60, zone: '-03' }] };
/** Half an hour. */
const lordHowe: DayClock = { minutes: 1470, stretches: [{ from: 0, wall: 0, zone: '+11' }, { from: 120, wall: 90, zone: '+1030' }] };

describe('a day like any other', () => {
  it('is the wall', () => {
    const axis = new DayAxis([null, null]);
    expect(axis.isWall).toBe(true);
    expect(axis.minutes).toBe(1440);
    for (const minute of [0, 90, 480, 1440]) {
      expect(axis.at(minute)).toBe(minute);
      expect(axis.wall(minute)).toEqual({ minute, later: false });
      expect(axis.zone(minute)).toBe('');
    }
    expect(axis.missing(null)).toEqual([]);
  });
});

describe('a day of 25 hours', () => {
  const axis = new DayAxis([autumn]);

  it('has the hour twice, one after the other', () => {
    expect(axis.minutes).toBe(1500);
    expect(axis.at(60)).toBe(60);
    expect(axis.at(90)).toBe(90);
    expect(axis.at(60, true)).toBe(120);
    expect(axis.at(90, true)).toBe(150);
    expect(axis.at(120)).toBe(180);
    expect(axis.at(480)).toBe(540);
    expect(axis.at(1440)).toBe(1500);
  });

  it('tells the two apart', () => {
    expect(axis.wall(90)).toEqual({ minute: 90, later: false });
    expect(axis.wall(150)).toEqual({ minute: 90, later: true });
    expect(axis.wall(180)).toEqual({ minute: 120, later: false });
    expect([30, 60, 119, 120, 179, 180].map((at) => axis.zone(at))).toEqual(['', 'EDT', 'EDT', 'EST', 'EST', '']);
  });
});

describe('a day of 23 hours', () => {
  it('has no hour that the clock jumps over', () => {
    const axis = new DayAxis([spring]);
    expect(axis.minutes).toBe(1380);
    expect(axis.at(110)).toBe(110);
    expect(axis.at(120)).toBe(120);
    expect(axis.at(150)).toBe(120);
    expect(axis.at(180)).toBe(120);
    expect(axis.at(480)).toBe(420);
    expect(axis.wall(110)).toEqual({ minute: 110, later: false });
    expect(axis.wall(120)).toEqual({ minute: 180, later: false });
    expect(axis.wall(420)).toEqual({ minute: 480, later: false });
    expect(axis.missing(spring)).toEqual([]);
  });

  it('may begin with the jump', () => {
    const axis = new DayAxis([santiago]);
    expect(axis.wall(0)).toEqual({ minute: 60, later: false });
    expect(axis.at(480)).toBe(420);
  });
});

describe('beside other days', () => {
  it('an hour that comes twice is missing from them', () => {
    const axis = new DayAxis([null, autumn, null]);
    expect(axis.minutes).toBe(1500);
    expect(axis.missing(null)).toEqual([{ from: 120, until: 180 }]);
    expect(axis.missing(autumn)).toEqual([]);
    expect(axis.at(480)).toBe(540);
  });

  it('an hour that one day does not have is there for the others', () => {
    const axis = new DayAxis([spring, null]);
    expect(axis.isWall).toBe(true);
    expect(axis.missing(spring)).toEqual([{ from: 120, until: 180 }]);
    expect(axis.missing(null)).toEqual([]);
  });
});

it('half an hour is half an hour', () => {
  const axis = new DayAxis([lordHowe]);
  expect(axis.minutes).toBe(1470);
  expect([89, 90, 119, 120, 149, 150].map((at) => axis.zone(at))).toEqual(['', '+11', '+11', '+1030', '+1030', '']);
});

it('each place on the axis is a time on the wall and back', () => {
  for (const clock of [autumn, spring, santiago, lordHowe]) {
    const axis = new DayAxis([clock]);
    expect(axis.minutes).toBe(clock.minutes);
    for (let at = 0; at < axis.minutes; at += 5) {
      const { minute, later } = axis.wall(at);
      expect(axis.at(minute, later), `${at} of ${clock.minutes}`).toBe(at);
    }
  }
});

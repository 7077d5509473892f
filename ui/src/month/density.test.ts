import { describe, expect, it } from 'vitest';
import type { DayDensity } from '../desk/api';
import { densityWords, hoursWords, inOrder, levelOf, sumDays, wholeHours } from './density';

const day = (change: Partial<DayDensity> = {}): DayDensity => ({
  date: '2026-11-24', visits: 10, booked_minutes: 300, capacity_minutes: 600, has_conflict: false, parts: [], ...change,
});

describe('how full a day is', () => {
  it('has a level that is drawn as a shape', () => {
    const levels = [0, 60, 200, 400, 560, 601].map((booked_minutes) => levelOf(day({ booked_minutes })));
    expect(levels).toEqual([0, 1, 2, 3, 4, 5]);
    expect(levelOf(day({ capacity_minutes: 0 }))).toBe(0);
    expect(levelOf(undefined)).toBe(0);
  });

  it('is said in words, with what needs somebody', () => {
    expect(densityWords('2026-11-24', day())).toBe('Tuesday 24 November 2026, 10 visits, 50 % full');
    expect(densityWords('2026-11-24', day({ has_conflict: true }))).toMatch(/needs attention$/);
    expect(densityWords('2026-11-24', day({ capacity_minutes: 0, visits: 0 }))).toMatch(/closed$/);
    expect([hoursWords(450), hoursWords(120), wholeHours(450, 6480)]).toEqual(['7 h 30', '2 h', '8 / 108 h']);
  });

  it('lists its parts as the roster does, whoever is not in it last', () => {
    const part = (id: string) => ({ id, visits: 1, booked_minutes: 10, capacity_minutes: 20 });
    const listed = inOrder([part('gone'), part('op-2'), part('op-1')], [{ id: 'op-1' }, { id: 'op-2' }]);
    expect(listed.map((one) => one.id)).toEqual(['op-1', 'op-2', 'gone']);
  });

  it('of two locations is their sum; a provider in both is one', () => {
    const chen = { id: 'chen', visits: 4, booked_minutes: 100, capacity_minutes: 200 };
    const osei = { id: 'osei', visits: 1, booked_minutes: 20, capacity_minutes: 240 };
    const both = [day({ parts: [chen, osei] }), day({ parts: [chen], has_conflict: true })];
    expect(sumDays(both, [])).toMatchObject({ visits: 9, booked_minutes: 220, capacity_minutes: 640, has_conflict: true });
    expect(sumDays(both, ['chen'])).toMatchObject({ visits: 8, booked_minutes: 200, capacity_minutes: 400 });
    expect(sumDays(both, ['chen'])?.parts.map((part) => part.id)).toEqual(['chen']);
    expect(sumDays([day(), day()], [])).toMatchObject({ visits: 20, capacity_minutes: 1200 });
    expect(sumDays([], [])).toBeUndefined();
  });
});

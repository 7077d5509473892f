import { expect, it } from 'vitest';
import { dueMinute, earlyOf } from './early';

it('counts back from the start, over midnight too', () => {
  expect(dueMinute(9 * 60, 10)).toBe(8 * 60 + 50);
  expect(dueMinute(10, 30)).toBe(23 * 60 + 40);
  expect(earlyOf({})).toBe(0);
  expect(earlyOf({ arrive_early_minutes: 15 })).toBe(15);
});

import { describe, expect, it } from 'vitest';
import { rowsInSight, scrollFor } from './rows';

describe('rows in sight', () => {
  it('are few, however long the list is', () => {
    expect(rowsInSight(100_000, 0, 300, 30)).toEqual({ from: 0, until: 18 });
    expect(rowsInSight(100_000, 30_000, 300, 30)).toEqual({ from: 992, until: 1018 });
    expect(rowsInSight(100_000, 2_999_700, 300, 30)).toEqual({ from: 99_982, until: 100_000 });
  });

  it('are none of an empty list, or before its rows have a height', () => {
    expect(rowsInSight(0, 0, 300, 30)).toEqual({ from: 0, until: 0 });
    expect(rowsInSight(10, 0, 300, 0)).toEqual({ from: 0, until: 0 });
  });

  it('stay in the list when it became shorter', () => {
    expect(rowsInSight(5, 9000, 300, 30)).toEqual({ from: 5, until: 5 });
  });

  it('are scrolled to no further than must be', () => {
    expect(scrollFor(3, 0, 300, 30)).toBeNull();
    expect(scrollFor(10, 0, 300, 30)).toBe(30);
    expect(scrollFor(2, 90, 300, 30)).toBe(60);
  });
});

// Limits as they are typed.
import { describe, expect, it } from 'vitest';
import { readLimits, readMost, repeated, type LimitText } from './ranking';

const limit = (provider: string, type: string, most: string, key = 0): LimitText => ({ key, provider, type, most });

describe('a limit', () => {
  it('goes from 1 to 60 visits', () => {
    expect(['1', ' 6 ', '60'].map(readMost)).toEqual([1, 6, 60]);
    expect(['', '0', '61', '1.5', '-2', 'six', '100'].map(readMost)).toEqual([null, null, null, null, null, null, null]);
  });

  it('is read with nobody in particular as none', () => {
    expect(readLimits([limit('', '', '20'), limit('p', 't', '1')])).toEqual([
      { provider: null, appointment_type: null, most: 20 },
      { provider: 'p', appointment_type: 't', most: 1 },
    ]);
    expect(readLimits([])).toEqual([]);
  });

  it('is not read while a number is missing or two are about the same', () => {
    expect(readLimits([limit('p', '', '')])).toBeNull();
    const twice = [limit('p', '', '3'), limit('p', 't', '3'), limit('p', '', '4', 7)];
    expect(repeated(twice)).toBe(twice[2]);
    expect(readLimits(twice)).toBeNull();
  });
});

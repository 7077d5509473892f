import { describe, expect, it } from 'vitest';
import { card } from '../gestures/scene.test-kit';
import { looksIn } from './looking-in';

const visit = card('ana op-1 9:00 40', { provider: 'provider-1', pattern: 'XXXX//XX', second_provider: 'provider-0', second_pattern: '//XX//X/' });
const column = { kind: 'provider' as const, of: 'provider-0', date: visit.date, location: visit.location };

describe('looking in', () => {
  it('is told in the second provider’s column, for the minutes that need them', () => {
    expect(looksIn([visit], column).map(({ span }) => span)).toEqual([{ from: 550, until: 560 }, { from: 570, until: 575 }]);
  });

  it('is told nowhere else', () => {
    expect(looksIn([visit], { ...column, of: 'provider-1' })).toEqual([]);
    expect(looksIn([visit], { ...column, kind: 'operatory', of: visit.operatory })).toEqual([]);
    expect(looksIn([visit], { ...column, date: '2026-11-25' })).toEqual([]);
    expect(looksIn([{ ...visit, status: 'cancelled' }], column)).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { ageWords, sizeWords } from './words';

describe('ages and sizes', () => {
  it('are said in the unit that tells most', () => {
    expect([0, 1, 45, 119, 120, 60 * 47, 60 * 48, 60 * 24 * 9].map(ageWords)).toEqual([
      'just now',
      '1 minute ago',
      '45 minutes ago',
      '119 minutes ago',
      '2 hours ago',
      '47 hours ago',
      '2 days ago',
      '9 days ago',
    ]);
    expect([0, 3_100, 999_940, 3_100_000, 412_300_000, 1_000_000_000].map(sizeWords)).toEqual([
      '0.0 kB',
      '3.1 kB',
      '1.0 MB',
      '3.1 MB',
      '412 MB',
      '1.0 GB',
    ]);
  });
});

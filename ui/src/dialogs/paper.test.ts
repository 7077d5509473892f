import { beforeEach, expect, test } from 'vitest';
import { keepPaper, usualPaper } from './paper';

beforeEach(() => localStorage.clear());

test('paper is what is usual there, until somebody chose', () => {
  expect(usualPaper('en-US')).toBe('letter');
  expect(usualPaper('es-MX')).toBe('letter');
  expect(usualPaper('en-GB')).toBe('a4');
  expect(usualPaper('de')).toBe('a4');
  keepPaper('a4');
  expect(usualPaper('en-US')).toBe('a4');
});

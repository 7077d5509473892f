import { describe, expect, it } from 'vitest';
import { freeLetter, MOST_UNITS, narrowed, other, painted, widened } from './pattern';

describe('painting a time pattern', () => {
  it('paints a stroke in either direction', () => {
    expect(painted('XX//', 1, 2, '/')).toBe('X///');
    expect(painted('////', 3, 1, 'X')).toBe('/XXX');
  });

  it('makes the pattern longer by a stroke past its end, and never longer than half a day', () => {
    expect(painted('X/', 1, 4, 'X')).toBe('XXXXX');
    expect(painted('X', 0, 900, '/')).toHaveLength(MOST_UNITS);
    expect(painted('X/', -3, 0, '/')).toBe('//');
  });

  it('adds and takes away a unit where one is, and keeps the last one', () => {
    expect(widened('X/', 0)).toBe('XX/');
    expect(widened('X/', 1)).toBe('X//');
    expect(widened('X'.repeat(MOST_UNITS), 0)).toHaveLength(MOST_UNITS);
    expect(narrowed('X//', 0)).toBe('//');
    expect(narrowed('X', 0)).toBe('X');
  });

  it('turns one into the other', () => expect([other('X'), other('/'), other(undefined)]).toEqual(['/', 'X', 'X']));
});

describe('a letter', () => {
  it('is of the name as long as nobody has it', () => {
    expect(freeLetter('Adjustment', [])).toBe('A');
    expect(freeLetter('Adjustment', ['a'])).toBe('D');
    expect(freeLetter('Éclat', [])).toBe('É');
  });

  it('is any other when all of the name are taken', () => {
    expect(freeLetter('Aa', ['A'])).toBe('B');
    expect(freeLetter('🦷', ['A', 'B'])).toBe('C');
  });
});

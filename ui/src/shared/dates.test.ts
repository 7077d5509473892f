// Dates are text and arithmetic; what people type is read as they mean it.
import { describe, expect, it } from 'vitest';
import { addDays, addMonths, dateWords, monthGrid, readBirthDate, readDate, readTime, weekday } from './dates';

const TUESDAY = '2026-11-24';

describe('arithmetic', () => {
  it('counts days over months, years and leap days', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(addDays('2026-03-29', -1)).toBe('2026-03-28');
  });
  it('knows weekdays, also long ago', () => {
    expect([weekday(TUESDAY), weekday('2026-11-29'), weekday('1969-07-20')]).toEqual([1, 6, 6]);
  });
  it('keeps to the last day of a shorter month', () => {
    expect(addMonths('2026-01-31', 1)).toBe('2026-02-28');
    expect(addMonths('2026-01-31', -2)).toBe('2025-11-30');
  });
  it('starts a month’s grid on a Monday', () => {
    const grid = monthGrid('2026-11-24');
    expect([grid[0], grid.length, weekday(grid[0]!)]).toEqual(['2026-10-26', 42, 0]);
  });
  it('writes a date in words', () => expect(dateWords(TUESDAY)).toBe('Tue 24 Nov 2026'));
});

describe('a typed date', () => {
  it.each([
    ['today', '2026-11-24'],
    ['tom', '2026-11-25'],
    ['26', '2026-11-26'],
    ['3', '2026-12-03'],
    ['24.12', '2026-12-24'],
    ['3 mar', '2027-03-03'],
    ['14/3/2027', '2027-03-14'],
    ['2027-03-14', '2027-03-14'],
    ['fri', '2026-11-27'],
    ['tue', '2026-12-01'],
    ['+2w', '2027-12-08'.replace('2027', '2026')],
    ['6w', '2027-01-05'],
    ['-1d', '2026-11-23'],
    ['2m', '2027-01-24'],
  ])('%s', (text, date) => expect(readDate(text, TUESDAY)).toBe(date));

  it.each(['', '31.11', '32', 'soon', '14.13', '2026-02-30'])('%s is no date', (text) =>
    expect(readDate(text, TUESDAY)).toBeNull(),
  );
});

describe('a birth date', () => {
  it.each([
    ['9.5.2014', '2014-05-09'],
    ['9 May 2014', '2014-05-09'],
    ['2014-05-09', '2014-05-09'],
    ['9/5/98', '1998-05-09'],
    ['9/5/14', '2014-05-09'],
  ])('%s', (text, date) => expect(readBirthDate(text, TUESDAY)).toBe(date));
  it.each(['9.5', '9.5.2031', 'may'])('%s cannot be one', (text) => expect(readBirthDate(text, TUESDAY)).toBeNull());
});

describe('a typed time', () => {
  it.each([
    ['9:40', 580],
    ['0940', 580],
    ['9', 540],
    ['9.05', 545],
    ['1:15 pm', 795],
    ['12am', 0],
  ])('%s', (text, minute) => expect(readTime(text)).toBe(minute));
  it.each(['', '25', '9:75', 'noon', '13pm'])('%s is no time', (text) => expect(readTime(text)).toBeNull());
});

import { describe, expect, it } from 'vitest';
import type { Rota } from '../desk/api';
import { emptyWeek, readRota, rotaText } from './rota';

const TODAY = '2026-11-24';
const rota: Rota = {
  other_weeks: [[{ location: 'a', weekday: 'monday', from: '08:00:00', until: '12:00:00' }]],
  weeks_from: '2026-11-23',
  special_days: [
    { date: '2026-12-25', location: null, title: 'Christmas Day', open: [] },
    { date: '2026-12-24', location: 'a', title: '', open: [{ from: '08:00:00', until: '12:00:00' }] },
  ],
};

describe('alternate weeks and special days in a form', () => {
  it('come back as they were', () => {
    expect(readRota(rotaText(rota, ['a', 'b']), TODAY)).toEqual({
      other_weeks: [[{ location: 'a', weekday: 'monday', from: '8:00', until: '12:00' }].map((span) => ({ ...span, from: span.from.padStart(5, '0') }))],
      weeks_from: '2026-11-23',
      special_days: [
        { date: '2026-12-25', location: null, title: 'Christmas Day', open: [] },
        { date: '2026-12-24', location: 'a', title: '', open: [{ from: '08:00', until: '12:00' }] },
      ],
    });
  });

  it('of a place have no location of their own', () => {
    const text = rotaText({ ...rota, special_days: [] }, []);
    expect(readRota(text, TODAY)?.other_weeks).toEqual([[{ location: null, weekday: 'monday', from: '08:00', until: '12:00' }]]);
  });

  it('cannot be saved while a part cannot be read', () => {
    const text = rotaText(undefined, []);
    expect(readRota(text, TODAY)).toEqual({ other_weeks: [], weeks_from: null, special_days: [] });
    text.otherWeeks = [emptyWeek([])];
    expect(readRota(text, TODAY), 'no day of a first week').toBeNull();
    text.weeksFrom = '24 Nov';
    expect(readRota(text, TODAY)?.weeks_from).toBe('2026-11-24');
    text.days = [{ date: '25 Dec', hours: 'noon', title: '', location: null }];
    expect(readRota(text, TODAY)).toBeNull();
  });
});

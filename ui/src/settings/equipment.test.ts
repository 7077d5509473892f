// Equipment as people type it: parts of a visit in steps of five minutes, no piece twice at once.
import { describe, expect, it } from 'vitest';
import { countWords, isSameNeeds, needTexts, needWrong, readNeeds, type NeedText } from './equipment';

const need = (from: number | null, until: number | null, equipment = 'scanner'): NeedText => ({ equipment, from, until });

describe('what a type uses', () => {
  it('is read as it is written', () => {
    const needs = [
      { equipment: 'scanner', from_minute: 0, until_minute: null },
      { equipment: 'xray', from_minute: 10, until_minute: 20 },
    ];
    expect(readNeeds(needTexts(needs), 30)).toEqual(needs);
    expect(isSameNeeds(needs, [{ equipment: 'scanner', from_minute: 0 }, needs[1]!])).toBe(true);
    expect(isSameNeeds(needs, needs.slice(1))).toBe(false);
  });

  it('lies within the visit, in steps of five, and not twice at once', () => {
    for (const wrong of [need(0, 35), need(10, 10), need(3, null), need(-5, 10), need(null, 7)]) {
      expect(needWrong(wrong, 30, [])).toMatch(/30 minutes/);
      expect(readNeeds([wrong], 30)).toBeNull();
    }
    expect(readNeeds([need(0, 15), need(15, null)], 30)).toHaveLength(2);
    expect(readNeeds([need(0, 15), need(10, null)], 30)).toBeNull();
    expect(readNeeds([need(0, 15), need(10, null, 'xray')], 30)).toHaveLength(2);
    expect(readNeeds([need(0, null, '')], 30)).toBeNull();
  });
});

it('says where there is how much', () => {
  const place = { zone: 'America/New_York', zone_abbreviation: 'EST', address: '', phone: '', hours: [], is_active: true };
  const places = [
    { ...place, id: 'a', name: 'Lakeside' },
    { ...place, id: 'b', name: 'Hilltop' },
  ];
  const scanner = { id: 's', name: 'Scanner', is_active: true, counts: [{ location: 'a', pieces: 2 }, { location: 'b', pieces: 1 }] };
  expect(countWords(scanner, places)).toBe('2 Lakeside, 1 Hilltop');
  expect(countWords({ ...scanner, counts: [] }, places)).toBe('nowhere');
});

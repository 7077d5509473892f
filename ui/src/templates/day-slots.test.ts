// Slots of a date: what they say in fields, which one lies under a place, what a booking there begins with.
import { describe, expect, it } from 'vitest';
import type { SlotCard } from '../desk/api';
import { clinic } from '../desk/fixture/clinic';
import { slotPieces } from '../schedule/geometry/slots';
import { slotName, slotNote } from '../schedule/words';
import { timeWords } from '../shared/dates';
import { bookingOf, fieldsOf, slotAt } from './day-slots';

const { roster } = clinic();
const card = (more: Partial<SlotCard> = {}): SlotCard => ({
  id: 's', template: 't', operatory: 'op-1', provider: 'prov-chen', start_minute: 480, length_minutes: 90, wants: { kind: 'type', id: 'type-bond' },
  words: 'Bonding', label: '', hue: 1, letter: 'B', capacity: 1, booked: 0, hold: null, is_by_hand: false, ...more,
});
const DATE = '2026-11-24';

describe('in fields', () => {
  it('leaves the type its look, and keeps one of its own', () => {
    expect(fieldsOf(card(), DATE, roster)).toMatchObject({ hue: null, letter: '', hold: null, capacity: 1 });
    expect(fieldsOf(card({ hue: 5, letter: 'Z' }), DATE, roster)).toMatchObject({ hue: 5, letter: 'Z' });
  });

  it('counts the hours of a hold back over midnight', () => {
    const hold = { units: 2, releases_at: '2026-11-23T08:00', is_released: true };
    expect(fieldsOf(card({ hold }), DATE, roster).hold).toEqual({ units: 2, release_hours: 24 });
    expect(fieldsOf(card({ hold: { ...hold, releases_at: `${DATE}T08:00` } }), DATE, roster).hold).toEqual({ units: 2, release_hours: 0 });
  });
});

it('lies under a place from its first minute to its last', () => {
  const slots = [card()];
  expect(slotAt(slots, 'op-1', 480)?.id).toBe('s');
  expect(slotAt(slots, 'op-1', 569)?.id).toBe('s');
  expect(slotAt(slots, 'op-1', 570)).toBeNull();
  expect(slotAt(slots, 'op-2', 480)).toBeNull();
  expect(slotAt(undefined, 'op-1', 480)).toBeNull();
});

describe('a booking in it', () => {
  it('takes the whole slot that is for one visit of one kind', () => {
    expect(bookingOf(card(), 510)).toEqual({ type: 'type-bond', minute: 480, length: 90 });
  });

  it('begins where somebody pointed where others are in it, and leaves the length to the type', () => {
    expect(bookingOf(card({ capacity: 3 }), 510)).toEqual({ type: 'type-bond', minute: 510, length: null });
    expect(bookingOf(card({ wants: { kind: 'class', name: 'Check' } }), 480)).toEqual({ type: null, minute: 480, length: null });
  });
});

describe('on the calendar', () => {
  it('shows an operatory’s own slots, a provider’s wherever they are, and none for a whole location', () => {
    const slots = [card(), card({ id: 'b', operatory: 'op-2', start_minute: 500 })];
    const range = { from: 420, until: 1080 };
    expect(slotPieces(slots, { kind: 'operatory', of: 'op-2' }, range).map((one) => one.slot.id)).toEqual(['b']);
    expect(slotPieces(slots, { kind: 'provider', of: 'prov-chen' }, range).map((one) => [one.slot.id, one.lane, one.of])).toEqual([['s', 0, 2], ['b', 1, 2]]);
    expect(slotPieces(slots, { kind: 'location', of: 'loc-lakeside' }, range)).toEqual([]);
  });

  it('is cut to what the grid shows', () => {
    expect(slotPieces([card()], { kind: 'operatory', of: 'op-1' }, { from: 510, until: 540 })[0]!.span).toEqual({ from: 510, until: 540 });
    expect(slotPieces([card()], { kind: 'operatory', of: 'op-1' }, { from: 600, until: 660 })).toEqual([]);
  });

  it('is read with all it says', () => {
    const hold = { units: 1, releases_at: '2026-11-23T08:00', is_released: false };
    expect(slotName(card({ label: 'Long case', is_by_hand: true }), DATE, timeWords)).toBe('Long case, kept for Bonding, 08:00 to 09:30, 0 of 1 booked, changed by hand');
    expect(slotName(card({ hold }), DATE, timeWords)).toContain('held for emergencies until Mon 23 Nov 08:00');
    expect(slotNote(card({ hold: { ...hold, releases_at: `${DATE}T07:00` } }), DATE)).toBe('held until 07:00');
    expect(slotNote(card({ hold: { ...hold, is_released: true }, capacity: 2, booked: 1 }), DATE)).toBe('1 of 2 · free for all');
  });
});

// A template on the grid: which column is which day, how groups move, what finds room, what filling would draw.
import { describe, expect, it } from 'vitest';
import type { SlotFields, TemplateSlotView } from '../desk/api';
import { clinic, LAKESIDE } from '../desk/fixture/clinic';
import { cardOf, columnsOf, dateOf, fillPreview, hoursOn, LONG_WEEKDAYS, movedTo, movedTogether, roomAfter, sheetsOf, weekdayOn } from './cards';

const { roster } = clinic();
const operatories = roster.operatories.filter((one) => one.location === LAKESIDE).slice(0, 3);
const slot = (more: Partial<SlotFields> = {}): SlotFields => ({
  weekday: 'monday', start_minute: 540, length_minutes: 30, operatory: 'op-1', provider: 'prov-chen',
  wants: { kind: 'type', id: 'type-adj' }, capacity: 1, hold: null, label: '', hue: null, letter: '', ...more,
});
const view = (id: string, more: Partial<SlotFields> = {}): TemplateSlotView => ({ id, slot: slot(more), wants_words: 'Adjustment', hue: 0, letter: 'A' });
const week = columnsOf(['monday', 'tuesday'], operatories, (day) => LONG_WEEKDAYS[day]);

describe('a template’s week', () => {
  it.each(['monday', 'wednesday', 'sunday'] as const)('%s is the same day there and back', (day) => expect(weekdayOn(dateOf(day))).toBe(day));

  it('has a column for each day and operatory, the day before the operatory’s name', () => {
    expect(week.map((one) => one.words)).toEqual(['Monday, Op 1', 'Monday, Op 2', 'Monday, Op 3', 'Tuesday, Op 1', 'Tuesday, Op 2', 'Tuesday, Op 3']);
    expect(columnsOf([null], operatories, () => '').map((one) => one.words)).toEqual(['Op 1', 'Op 2', 'Op 3']);
  });

  it('puts a card on its own day, named by its label before what it is for', () => {
    const cards = [cardOf(view('a', { weekday: 'tuesday', label: 'Long case' }), LAKESIDE, roster, true)];
    const [monday, tuesday] = sheetsOf(['monday', 'tuesday'], LAKESIDE, roster, cards);
    expect(monday!.appointments).toEqual([]);
    expect(tuesday!.appointments[0]).toMatchObject({ patient_name: 'Long case', conflicts: ['problem'], pattern: '/XX///' });
    expect(tuesday!.open).toEqual([{ from: 480, until: 1020 }]);
  });

  it('shows no doctor’s time where nobody can know it', () => {
    expect(cardOf(view('a', { wants: { kind: 'any' } }), LAKESIDE, roster, false).pattern).toBe('/');
    expect(cardOf(view('a', { wants: { kind: 'class', name: 'Bonding' } }), LAKESIDE, roster, false).pattern).toBe('//XXX/');
    expect(cardOf(view('a', { wants: { kind: 'class', name: 'Check' } }), LAKESIDE, roster, false).pattern).toBe('/XX///');
  });

  it('gives a day template the longest hours of any weekday', () => {
    const hours = [
      { location: LAKESIDE, weekday: 'monday' as const, from: '08:00', until: '12:00' },
      { location: LAKESIDE, weekday: 'tuesday' as const, from: '08:00', until: '17:00' },
    ];
    expect(hoursOn(hours, LAKESIDE, null)).toEqual([{ from: 480, until: 1020 }]);
    expect(hoursOn(hours, LAKESIDE, 'friday')).toEqual([]);
  });
});

describe('moving', () => {
  it('takes the chair’s usual provider along, and leaves anybody else', () => {
    const fourth = columnsOf(['tuesday'], roster.operatories.filter((one) => one.id === 'op-4'), (day) => day)[0]!;
    expect(movedTo(slot(), fourth, 600, true, roster)).toMatchObject({ weekday: 'tuesday', operatory: 'op-4', start_minute: 600, provider: 'prov-osei' });
    expect(movedTo(slot({ provider: 'prov-lind' }), fourth, 600, true, roster).provider).toBe('prov-lind');
    expect(movedTo(slot({ provider: null }), fourth, 600, true, roster).provider).toBeNull();
  });

  it('moves a group by the same way', () => {
    const group = [view('a'), view('b', { operatory: 'op-2', start_minute: 600 })];
    const moved = movedTogether(group, group[0]!, week[1]!, 550, week, true, roster);
    expect(moved?.map((one) => [one.id, one.slot.operatory, one.slot.start_minute])).toEqual([
      ['a', 'op-2', 550],
      ['b', 'op-3', 610],
    ]);
  });

  it('moves nothing where one would leave the grid or the day', () => {
    const group = [view('a'), view('b', { weekday: 'tuesday', operatory: 'op-3' })];
    expect(movedTogether(group, group[0]!, week[1]!, 540, week, true, roster)).toBeNull();
    const late = [view('a'), view('b', { operatory: 'op-2', start_minute: 1400 })];
    expect(movedTogether(late, late[0]!, week[0]!, 600, week, true, roster)).toBeNull();
  });
});

describe('room', () => {
  it('is right below, or after what is in the way', () => {
    expect(roomAfter(slot(), [slot()])).toBe(570);
    expect(roomAfter(slot(), [slot(), slot({ start_minute: 580 })])).toBe(610);
    expect(roomAfter(slot(), [slot(), slot({ start_minute: 570, operatory: 'op-2' }), slot({ start_minute: 570, weekday: 'tuesday' })])).toBe(570);
  });

  it('ends with the day', () => expect(roomAfter(slot({ start_minute: 1400 }), [])).toBeNull());
});

describe('filling', () => {
  it('draws one after the other, none that ends later', () => {
    expect(fillPreview(slot(), [], 660, 0)).toEqual({ starts: [540, 570, 600, 630], taken: [] });
    expect(fillPreview(slot(), [], 659, 0).starts).toEqual([540, 570, 600]);
    expect(fillPreview(slot(), [], 660, 10).starts).toEqual([540, 580, 620]);
  });

  it('leaves out what is taken', () => expect(fillPreview(slot(), [slot({ start_minute: 575 })], 660, 0)).toEqual({ starts: [540, 630], taken: [570, 600] }));

  it('does not go on for ever', () => {
    expect(fillPreview(slot({ length_minutes: 0 }), [], 660, 0).starts).toEqual([]);
    expect(fillPreview(slot(), [], 500, 0).starts).toEqual([]);
  });
});

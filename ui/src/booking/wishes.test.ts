// What a receptionist types while the patient speaks, and what is made of it.
import { describe, expect, it } from 'vitest';
import type { OperatoryView, ProviderView } from '../desk/api';
import { askFor, readWishes, wishWords } from './wishes';

const provider = (id: string, name: string): ProviderView => ({ id, name, short_name: name, kind: 'doctor', hue: 0, letter: '', hours: [], is_active: true });
const operatory = (id: string, name: string): OperatoryView => ({ id, location: 'l', name, usual_provider: null, is_active: true });
const roster = {
  providers: [provider('chen', 'Dr Mei Chen'), provider('osei', 'Dr Kwame Osei'), provider('cheng', 'Dr Li Cheng-Ruiz')],
  operatories: [operatory('op3', 'Op 3'), operatory('records', 'Records')],
};
/** A Tuesday. */
const TODAY = '2026-11-24';
const read = (text: string) => readWishes(text, TODAY, roster);

describe('wishes', () => {
  it.each<[string, Partial<ReturnType<typeof read>>]>([
    ['', { from: null, days: 28 }],
    ['6w', { from: '2027-01-05', days: 14 }],
    ['in 6 weeks', { from: '2027-01-05', days: 14 }],
    ['6-8 weeks', { from: '2027-01-05', days: 21 }],
    ['6 – 8w', { from: '2027-01-05', days: 21 }],
    ['10 days', { from: '2026-12-04' }],
    ['3 months', { from: '2027-02-24' }],
    ['next week', { from: '2026-11-30', days: 7 }],
    ['tomorrow', { from: '2026-11-25' }],
    ['2026-12-15', { from: '2026-12-15' }],
    ['after school', { after: 900, before: null }],
    ['mornings', { after: null, before: 720 }],
    ['before noon', { before: 720 }],
    ['after lunch', { after: 840 }],
    ['before lunch', { before: 720 }],
    ['14.12.', { from: '2026-12-14' }],
    ['14 dec', { from: '2026-12-14' }],
    ['Dec 14', { from: '2026-12-14' }],
    ['after 15', { after: 900 }],
    ['from 15:30', { after: 930 }],
    ['until 10', { before: 600 }],
    ['8:30-10', { after: 510, before: 600 }],
    ['3pm-5pm', { after: 900, before: 1020 }],
    ['mon wed', { weekdays: ['monday', 'wednesday'] }],
    ['mondays or fridays', { weekdays: ['monday', 'friday'] }],
    ['mon-thu', { weekdays: ['monday', 'tuesday', 'wednesday', 'thursday'] }],
    ['sat-mon', { weekdays: ['monday', 'saturday', 'sunday'] }],
    ['with dr osei', { provider: 'osei' }],
    ['mei', { provider: 'chen' }],
    ['op 3', { operatory: 'op3' }],
    ['records', { operatory: 'records' }],
    ['6w after school mon-thu Osei', { from: '2027-01-05', after: 900, weekdays: ['monday', 'tuesday', 'wednesday', 'thursday'], provider: 'osei' }],
  ])('“%s”', (text, wanted) => {
    const wishes = read(text);
    expect(wishes).toMatchObject(wanted);
    expect(wishes.unread).toEqual([]);
  });

  it.each([
    ['chen', ['chen'], 'two providers begin so'],
    ['8-6w', ['8-6w'], 'backwards'],
    ['17-15', ['17-15'], 'backwards'],
    ['op 9', ['op', '9'], 'no such operatory'],
    ['soonish', ['soonish'], 'no word of ours'],
    ['after 25', ['after', '25'], 'no time of day'],
    ['m', ['m'], 'too short to mean a day'],
  ])('“%s” is given back, not guessed at: %j (%s)', (text, unread) => expect(read(text).unread).toEqual(unread));

  it('never looks further than a year', () => expect(read('1-200w').days).toBe(366));

  it('become the question for openings', () => {
    expect(askFor(read('mon after 15'), '2026-11-30')).toEqual({
      from: '2026-11-30',
      days: 28,
      after: '15:00',
      before: null,
      weekdays: ['monday'],
      provider: null,
      operatory: null,
    });
  });

  it('are said back in words', () => {
    expect(wishWords(read('6w mon after school osei'), roster)).toBe('From Tue 5 Jan, Monday, after 15:00, Dr Kwame Osei');
    expect(wishWords(read('8-10'), roster)).toBe('08:00 to 10:00');
    expect(wishWords(read(''), roster)).toBe('');
  });
});

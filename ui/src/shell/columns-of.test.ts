import { describe, expect, it } from 'vitest';
import type { DaySheet, RosterView } from '../desk/api';
import { DATE, day, LOCATION, roster as rosterOf, visit } from '../schedule/stories/fixtures';
import { finder } from '../schedule/columns';
import { columnsOf, datesOf, destinationOf, firstView, monthSpan, spotAt, weekOf } from './columns-of';

const HILLTOP = 'hilltop';
const roster: RosterView = {
  ...rosterOf(4),
  operatories: [
    ...rosterOf(4).operatories,
    { id: 'retired', location: LOCATION, name: 'Old', usual_provider: null, is_active: false },
    { id: 'hill-1', location: HILLTOP, name: 'Hill 1', usual_provider: 'provider-1', is_active: true },
  ],
};
const place = (id: string, name: string) =>
  ({ id, name, zone: 'America/New_York', zone_abbreviation: 'EST', address: '', phone: '', hours: [], is_active: true }) as const;
const LAKESIDE = place(LOCATION, 'Lakeside');
const HILL = place(HILLTOP, 'Hilltop');

function show(more: Partial<Parameters<typeof columnsOf>[0]> = {}, sheets: DaySheet[] = [day()]) {
  return columnsOf({
    view: { by: 'operatory', operatories: [], providers: [] },
    dates: [DATE],
    locations: [LAKESIDE as never],
    roster,
    sheetOf: (location, date) => sheets.find((sheet) => sheet.location === location && sheet.date === date) ?? null,
    ...more,
  });
}

describe('the columns of a view', () => {
  it('by operatory: those in use here, and a retired one that still has a visit', () => {
    expect(show().map((column) => column.of)).toEqual(['op-1', 'op-2', 'op-3', 'op-4']);
    const busy = day({ appointments: [visit('old', { operatory: 'retired' })] });
    expect(show({}, [busy]).map((column) => column.of)).toContain('retired');
  });

  it('by provider: who is in, and whoever has a visit all the same', () => {
    const sheet = day({
      provider_hours: [{ provider: 'provider-0', spans: [{ from: 480, until: 720 }] }],
      appointments: [visit('late', { provider: 'provider-2' })],
    });
    const columns = show({ view: { by: 'provider', operatories: [], providers: [] } }, [sheet]);
    expect(columns.map((column) => [column.of, column.name, column.provider])).toEqual([
      ['provider-0', 'Dr Chen', 'provider-0'],
      ['provider-2', 'Dr Lindqvist', 'provider-2'],
    ]);
  });

  it('only those of a choice, in the order of the roster', () => {
    expect(show({ view: { by: 'operatory', operatories: ['op-3', 'op-1'], providers: [] } }).map((column) => column.of)).toEqual(['op-1', 'op-3']);
  });

  it('a week leaves out closed days without visits, and says the day before the name', () => {
    const sheets = weekOf(DATE).map((date, at) => day({ date, open: at < 5 ? [{ from: 480, until: 1020 }] : [] }));
    const columns = show({ dates: weekOf(DATE) }, sheets);
    expect(columns).toHaveLength(5 * 4);
    expect(columns[0]?.words).toBe('Mon 23 Nov, Op 1');
    const withVisit = sheets.map((sheet, at) => (at === 5 ? { ...sheet, appointments: [visit('sat', { date: sheet.date })] } : sheet));
    expect(show({ dates: weekOf(DATE) }, withVisit)).toHaveLength(6 * 4);
    const closed = sheets.map((sheet) => ({ ...sheet, open: [] }));
    expect(show({ dates: weekOf(DATE) }, closed)).toHaveLength(7 * 4);
  });

  it('keeps the key of a column when the page turns, and never gives one twice', () => {
    const next = weekOf('2026-12-01');
    const sheets = [...weekOf(DATE), ...next].map((date) => day({ date }));
    const here = show({ dates: weekOf(DATE) }, sheets).map((column) => column.id);
    expect(show({ dates: next }, sheets).map((column) => column.id)).toEqual(here);
    expect(new Set(here).size).toBe(here.length);
    const both = [day(), day({ location: HILLTOP })];
    const providers = show({ view: { by: 'provider', operatories: [], providers: [] }, locations: [LAKESIDE as never, HILL as never] }, both);
    expect(new Set(providers.map((column) => column.id)).size).toBe(providers.length);
    expect(providers.at(-1)?.words).toBe('Hilltop, G. Okafor');
  });

  it('a visit is found by its operatory, provider or location', () => {
    const card = visit('ana', { operatory: 'op-2', provider: 'provider-1' });
    const by = (kind: 'operatory' | 'provider' | 'location') => finder(show({ view: { by: kind, operatories: [], providers: [] } }));
    expect(by('operatory').columnOf(card)).toBe('op-2');
    expect(by('provider').columnOf(card)).toBe('provider-1');
    expect(by('location').columnOf(card)).toBe(LOCATION);
    expect(by('operatory').columnOf({ ...card, date: '2026-11-25' })).toBeUndefined();
    expect(by('operatory').homeOf({ ...card, date: '2026-11-25' })).toBe('op-2');
  });
});

describe('where one books who points at a column', () => {
  const provider = show({ view: { by: 'provider', operatories: [], providers: [] } })[0]!;

  it('an operatory’s is the operatory', () => {
    expect(spotAt(show()[1]!, 600, roster, day())).toEqual({ location: LOCATION, date: DATE, minute: 600, operatory: 'op-2', provider: null });
  });

  it('a provider’s is a free operatory of theirs, else any free one', () => {
    expect(spotAt(provider, 600, roster, day())).toMatchObject({ operatory: 'op-1', provider: 'provider-0' });
    const taken = day({ appointments: [visit('ana', { operatory: 'op-1', start_minute: 580, length_minutes: 40 })] });
    expect(spotAt(provider, 600, roster, taken)).toMatchObject({ operatory: 'op-2' });
    const cancelled = day({ appointments: [visit('ana', { operatory: 'op-1', start_minute: 580, length_minutes: 40, status: 'cancelled' })] });
    expect(spotAt(provider, 600, roster, cancelled)).toMatchObject({ operatory: 'op-1' });
  });

  it('a visit dropped on another provider keeps its operatory and changes the provider', () => {
    const card = { operatory: 'op-3', location: LOCATION };
    expect(destinationOf(provider, card, spotAt(provider, 600, roster, day()))).toEqual({ operatory: 'op-3', provider: 'provider-0' });
    expect(destinationOf(show()[1]!, card, spotAt(show()[1]!, 600, roster, day()))).toEqual({ operatory: 'op-2', provider: null });
  });

  it('on another location’s column it needs an operatory there', () => {
    const hill = show({ view: { by: 'location', operatories: [], providers: [] }, locations: [HILL as never] }, [day({ location: HILLTOP })])[0]!;
    expect(destinationOf(hill, { operatory: 'op-3', location: LOCATION }, spotAt(hill, 600, roster, null))).toEqual({ operatory: 'hill-1', provider: null });
  });
});

describe('the days of a view', () => {
  it('a day, a week from Monday, none for a month, whose grid is six weeks', () => {
    expect(datesOf('day', DATE)).toEqual([DATE]);
    expect([datesOf('week', DATE)[0], datesOf('list', DATE)[6]]).toEqual(['2026-11-23', '2026-11-29']);
    expect(datesOf('month', DATE)).toEqual([]);
    expect(monthSpan(DATE)).toEqual({ from: '2026-10-26', until: '2026-12-06' });
    expect(firstView(LOCATION)).toMatchObject({ span: 'day', by: 'operatory', locations: [LOCATION] });
  });
});

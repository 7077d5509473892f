// What is in use when: parts of visits, what is called off, and where nothing is left.
import { describe, expect, it } from 'vitest';
import type { AppointmentCard, DaySheet, EquipmentNeed, RosterView } from '../desk/api';
import { ASSISTANTS, drawn, fillOf, noneLeft, tooFew, usageOf, withoutAssistant } from './usage';

function card(id: string, start_minute: number, equipment: EquipmentNeed[], status = 'scheduled'): AppointmentCard {
  return { id, start_minute, length_minutes: 30, equipment, status } as AppointmentCard;
}

const scan = (from_minute = 0, until_minute: number | null = null): EquipmentNeed[] => [{ equipment: 'scanner', from_minute, until_minute }];

function sheet(appointments: AppointmentCard[]): DaySheet {
  return { location: 'a', date: '2026-11-23', open: [{ from: 480, until: 1020 }], appointments, blocks: [], provider_hours: [] } as unknown as DaySheet;
}

function roster(pieces: number, isActive = true): RosterView {
  const scanner = { id: 'scanner', name: 'Scanner', is_active: isActive, counts: pieces > 0 ? [{ location: 'a', pieces }] : [] };
  return { equipment: [scanner], locations: [] } as unknown as RosterView;
}

describe('the use of equipment on a day', () => {
  it('is told by stretches in which the same visits have it', () => {
    const day = sheet([card('one', 540, scan()), card('two', 555, scan(0, 10)), card('off', 540, scan(), 'cancelled'), card('none', 540, [])]);
    const [usage] = usageOf(day, roster(2));
    expect(usage!.stretches.map(({ from, until, cards }) => [from, until, cards.map((one) => one.id).join()])).toEqual([
      [540, 555, 'one'],
      [555, 565, 'one,two'],
      [565, 570, 'one'],
    ]);
    expect(usage!.stretches.map((one) => fillOf(one))).toEqual(['some', 'all', 'some']);
    expect(noneLeft(usage!)).toMatchObject([{ from: 555, until: 565 }]);
  });

  it('says where more is used than there is', () => {
    const [usage] = usageOf(sheet([card('one', 540, scan()), card('two', 540, scan())]), roster(1));
    expect(usage!.stretches.map((one) => fillOf(one))).toEqual(['over']);
    const [none] = usageOf(sheet([card('one', 540, scan())]), roster(0));
    expect([none!.most, fillOf(none!.stretches[0]!)]).toEqual([0, 'over']);
  });

  it('is not told where there is nothing, and ends with the visit', () => {
    expect(usageOf(sheet([]), roster(0))).toEqual([]);
    expect(usageOf(sheet([card('one', 540, scan())]), roster(2, false))).toEqual([]);
    const [usage] = usageOf(sheet([card('one', 540, scan(20, 60)), card('two', 1000, scan(35))]), roster(2));
    expect(usage!.stretches).toMatchObject([{ from: 560, until: 570 }]);
  });

  it('is drawn over the open hours and what lies outside them', () => {
    const early = sheet([card('one', 420, scan())]);
    expect(drawn(early, usageOf(early, roster(1)))).toEqual({ from: 420, until: 1020 });
    expect(drawn({ ...early, open: [], appointments: [] }, [])).toEqual({ from: 480, until: 1080 });
  });
});

describe('the assistants of a day', () => {
  /** A Monday with one assistant in the morning and two after noon. */
  function place(): RosterView {
    const on = (from: string, until: string, count: number) => ({ weekday: 'monday', from, until, count });
    return { locations: [{ id: 'a', assistants: [on('08:00:00', '12:00:00', 1), on('12:00:00', '00:00:00', 2)] }] } as unknown as RosterView;
  }

  const visit = (id: string, start_minute: number, pattern: string, assistant?: string): AppointmentCard =>
    ({ id, start_minute, pattern, length_minutes: pattern.length * 5, assistant, status: 'scheduled' }) as AppointmentCard;

  it('are needed while the doctor is away, for the whole visit or not at all', () => {
    const day = sheet([visit('away', 540, '//XX/'), visit('whole', 600, 'XX', 'whole_visit'), visit('none', 660, '//', 'none')]);
    const usage = usageOf(day, place()).find((one) => one.id === ASSISTANTS)!;
    expect([usage.most, usage.stretches.map(({ from, until, there }) => [from, until, there])]).toEqual([
      2,
      [
        [540, 550, 1],
        [560, 565, 1],
        [600, 610, 1],
      ],
    ]);
  });

  it('are too few for the visits of that moment, not of another', () => {
    const day = sheet([visit('one', 710, '////', 'whole_visit'), visit('two', 710, '////', 'whole_visit'), visit('late', 1200, '//')]);
    const usage = usageOf(day, place())[0]!;
    expect(usage.stretches.map((one) => [one.from, fillOf(one)])).toEqual([
      [710, 'over'],
      [720, 'all'],
      [1200, 'some'],
    ]);
    expect(tooFew(usage)).toMatchObject([{ from: 710, until: 720 }]);
    expect(withoutAssistant(day, place(), 'two')).toMatchObject([{ from: 710, until: 720 }]);
    expect(withoutAssistant(day, place(), 'late')).toEqual([]);
  });

  it('are nobody on a day without any, and not told where they are not counted', () => {
    const day = { ...sheet([visit('one', 540, '//')]), date: '2026-11-24' };
    const [usage] = usageOf(day, place());
    expect([usage!.most, usage!.stretches.map((one) => fillOf(one))]).toEqual([0, ['over']]);
    expect(usageOf(day, { locations: [{ id: 'a' }] } as unknown as RosterView)).toEqual([]);
  });
});

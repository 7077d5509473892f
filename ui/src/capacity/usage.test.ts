// What is in use when: parts of visits, what is called off, and where nothing is left.
import { describe, expect, it } from 'vitest';
import type { AppointmentCard, DaySheet, EquipmentNeed, RosterView } from '../desk/api';
import { drawn, fillOf, noneLeft, usageOf } from './usage';

function card(id: string, start_minute: number, equipment: EquipmentNeed[], status = 'scheduled'): AppointmentCard {
  return { id, start_minute, length_minutes: 30, equipment, status } as AppointmentCard;
}

const scan = (from_minute = 0, until_minute: number | null = null): EquipmentNeed[] => [{ equipment: 'scanner', from_minute, until_minute }];

function sheet(appointments: AppointmentCard[]): DaySheet {
  return { location: 'a', date: '2026-11-23', open: [{ from: 480, until: 1020 }], appointments, blocks: [], provider_hours: [] } as unknown as DaySheet;
}

function roster(pieces: number, isActive = true): RosterView {
  const scanner = { id: 'scanner', name: 'Scanner', is_active: isActive, counts: pieces > 0 ? [{ location: 'a', pieces }] : [] };
  return { equipment: [scanner] } as unknown as RosterView;
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
    expect(usage!.stretches.map((one) => fillOf(one, 2))).toEqual(['some', 'all', 'some']);
    expect(noneLeft(usage!)).toMatchObject([{ from: 555, until: 565 }]);
  });

  it('says where more is used than there is', () => {
    const [usage] = usageOf(sheet([card('one', 540, scan()), card('two', 540, scan())]), roster(1));
    expect(usage!.stretches.map((one) => fillOf(one, 1))).toEqual(['over']);
    const [none] = usageOf(sheet([card('one', 540, scan())]), roster(0));
    expect([none!.pieces, fillOf(none!.stretches[0]!, 0)]).toEqual([0, 'over']);
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

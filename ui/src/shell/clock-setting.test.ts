// Days on which the clock is set, between the wall and the grid's axis.
import { describe, expect, it } from 'vitest';
import type { AppointmentCard, DaySheet } from '../desk/api';
import { daySheet } from '../desk/fixture/rules';
import { clinic as invent, LAKESIDE } from '../desk/fixture/clinic';
import { openAtNight } from '../desk/fixture/nights';
import { ClockSetting } from './clock-setting';

const clinic = invent();
openAtNight(clinic);
const autumn = daySheet(clinic, LAKESIDE, '2026-11-01');
const spring = daySheet(clinic, LAKESIDE, '2027-03-14');
const usual = daySheet(clinic, LAKESIDE, '2026-11-24');

const starts = (sheet: DaySheet): number[] => sheet.appointments.map((card) => card.start_minute);

it('on a day like any other every object stays the object that it is', () => {
  const clock = new ClockSetting([usual]);
  const place = { column: 'op-1', minute: 90 };
  const mode = { card: usual.appointments[0]!, at: place };
  expect(clock.sheet(usual)).toBe(usual);
  expect(clock.place(place)).toBe(place);
  expect(clock.wall(place)).toBe(place);
  expect(clock.moving(mode)).toBe(mode);
  expect(clock.wallMoving(mode)).toBe(mode);
  expect(clock.words(90)).toBe('01:30');
  expect(clock.missing({ location: LAKESIDE, date: '2026-11-24' })).toEqual([]);
});

describe('a day of 25 hours', () => {
  const clock = new ClockSetting([autumn]);

  it('lays everything where it passes', () => {
    const sheet = clock.sheet(autumn);
    expect(starts(sheet)).toEqual([90, 150, 180, 600]);
    expect(sheet.appointments.map((card) => card.length_minutes)).toEqual(autumn.appointments.map((card) => card.length_minutes));
    expect(sheet.open).toEqual([{ from: 0, until: 1500 }]);
    expect(sheet.provider_hours[0]?.spans).toEqual([{ from: 0, until: 1500 }]);
    expect(clock.sheet(autumn)).toBe(sheet);
  });

  it('says which of two equal times is meant', () => {
    expect([30, 90, 150, 180].map((at) => clock.words(at))).toEqual(['00:30', '01:30 EDT', '01:30 EST', '02:00']);
    expect(clock.wall({ column: 'op-1', minute: 150 })).toEqual({ column: 'op-1', minute: 90, later: true });
    expect(clock.place({ column: 'op-1', minute: 90, later: true })).toEqual({ column: 'op-1', minute: 150 });
  });

  it('keeps what is in the hand the same object, there and back', () => {
    const card = autumn.appointments[1] as AppointmentCard;
    const wall = { card, at: { column: 'op-1', minute: 90, later: true } };
    const held = clock.moving(wall);
    expect(held).toEqual({ card: { ...card, start_minute: 150 }, at: { column: 'op-1', minute: 150 } });
    expect(clock.moving(wall)).toBe(held);
    const back = clock.wallMoving(held);
    expect(back.card).toBe(card);
    expect(clock.moving(back)).toBe(held);
  });
});

it('a day of 23 hours is an hour shorter, and a visit over the jump is as long as it is', () => {
  const clock = new ClockSetting([spring]);
  const sheet = clock.sheet(spring);
  expect(starts(sheet)).toEqual([90, 150, 480]);
  expect(sheet.open).toEqual([{ from: 0, until: 1380 }]);
  expect(clock.words(starts(sheet)[0]! + 60)).toBe('03:30');
});

it('beside other days it is they that miss the second hour', () => {
  const clock = new ClockSetting([{ ...usual, date: '2026-11-02' }, autumn]);
  expect(clock.missing({ location: LAKESIDE, date: '2026-11-02' })).toEqual([{ from: 120, until: 180 }]);
  expect(clock.missing({ location: LAKESIDE, date: '2026-11-01' })).toEqual([]);
});

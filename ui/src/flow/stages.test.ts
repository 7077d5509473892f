// Who stands where on the patient-flow board, what is counted, and what is suggested.
import { describe, expect, it } from 'vitest';
import type { AppointmentCard } from '../desk/api';
import { boardOf, stageOf, stepTo, suggestsNoShow, timingOf, type Moment } from './stages';

const card = (some: Partial<AppointmentCard>): AppointmentCard => ({
  id: 'v',
  patient: 'p',
  patient_name: 'Rivera, Ana',
  appointment_type: 't',
  provider: 'd',
  operatory: 'o',
  location: 'l',
  date: '2026-03-03',
  start_minute: 600,
  length_minutes: 40,
  pattern: '/XX/////',
  status: 'scheduled',
  doctor_needed: false,
  is_asap: false,
  has_note: false,
  has_alert: false,
  is_first_visit: false,
  arrived_at: null,
  seated_at: null,
  conflicts: [],
  ...some,
});

/** 10:00 at the location is 15:00 UTC. */
const at = (minute: number): Moment => ({ minute, instant: Date.parse('2026-03-03T15:00:00Z') + (minute - 600) * 60_000 });
const utc = (minute: number): string => new Date(at(minute).instant).toISOString();

describe('a stage', () => {
  it.each([
    ['scheduled', false, 'arriving'],
    ['confirmed', false, 'arriving'],
    ['arrived', false, 'waiting'],
    ['seated', false, 'seated'],
    ['seated', true, 'doctor'],
    ['completed', true, 'finishing'],
    ['checked_out', false, 'left'],
    ['cancelled', false, null],
    ['no_show', false, null],
  ] as const)('%s, doctor needed %s: %s', (status, doctor_needed, stage) => expect(stageOf(card({ status, doctor_needed }))).toBe(stage));
});

describe('what is counted', () => {
  it.each<[string, Partial<AppointmentCard>, number, ReturnType<typeof timingOf>]>([
    ['due in a while', {}, 588, { kind: 'in', minutes: 12, isLong: false }],
    ['due this afternoon', {}, 539, null],
    ['a little late is not late', {}, 604, { kind: 'in', minutes: 0, isLong: false }],
    ['late', {}, 605, { kind: 'late', minutes: 5, isLong: true }],
    ['came early and waits until it is time', { status: 'arrived', arrived_at: utc(570) }, 595, { kind: 'waits', minutes: 25, isLong: false }],
    ['waits past the time', { status: 'arrived', arrived_at: utc(590) }, 612, { kind: 'waits', minutes: 22, isLong: true }],
    ['came late and waits little', { status: 'arrived', arrived_at: utc(610) }, 613, { kind: 'waits', minutes: 3, isLong: false }],
    ['in the chair', { status: 'seated', seated_at: utc(602) }, 630, { kind: 'chair', minutes: 28, isLong: false }],
    ['over the planned length', { status: 'seated', seated_at: utc(602) }, 650, { kind: 'over', minutes: 8, isLong: true }],
    ['the doctor is wanted', { status: 'seated', doctor_needed: true, seated_at: utc(602) }, 612, { kind: 'chair', minutes: 10, isLong: false }],
    ['done and still here', { status: 'completed', completed_at: utc(640) }, 651, { kind: 'done', minutes: 11, isLong: true }],
    ['left: time in the house', { status: 'checked_out', arrived_at: utc(590), checked_out_at: utc(652) }, 700, { kind: 'house', minutes: 62, isLong: false }],
    ['entered as done afterwards', { status: 'checked_out' }, 700, null],
    ['a clock that was set back counts nothing below zero', { status: 'arrived', arrived_at: utc(610) }, 600, { kind: 'waits', minutes: 0, isLong: false }],
    ['does not come', { status: 'cancelled' }, 700, null],
  ])('%s', (_, some, minute, timing) => expect(timingOf(card(some), at(minute))).toEqual(timing));
});

describe('a no-show is suggested', () => {
  it('after twenty minutes, or when a shorter visit is over', () => {
    expect(suggestsNoShow(card({}), at(619))).toBe(false);
    expect(suggestsNoShow(card({}), at(620))).toBe(true);
    expect(suggestsNoShow(card({ length_minutes: 10 }), at(610))).toBe(true);
  });

  it('never for somebody who is here or will not come', () => {
    expect(suggestsNoShow(card({ status: 'arrived' }), at(700))).toBe(false);
    expect(suggestsNoShow(card({ status: 'cancelled' }), at(700))).toBe(false);
  });
});

describe('the board', () => {
  const board = boardOf([
    card({ id: 'late', start_minute: 590 }),
    card({ id: 'next', start_minute: 620 }),
    card({ id: 'came second', status: 'arrived', arrived_at: utc(598) }),
    card({ id: 'came first', status: 'arrived', arrived_at: utc(580), start_minute: 610 }),
    card({ id: 'left first', status: 'checked_out', checked_out_at: utc(500) }),
    card({ id: 'left last', status: 'checked_out', checked_out_at: utc(560) }),
    card({ id: 'gone', status: 'no_show' }),
  ]);

  it('has whoever is due or waits longest first, and who left last', () => {
    expect(board.arriving.map((one) => one.id)).toEqual(['late', 'next']);
    expect(board.waiting.map((one) => one.id)).toEqual(['came first', 'came second']);
    expect(board.left.map((one) => one.id)).toEqual(['left last', 'left first']);
    expect(Object.values(board).flat()).toHaveLength(6);
  });

  it.each([
    ['late', 'ArrowDown', 'next'],
    ['next', 'ArrowDown', 'next'],
    ['next', 'ArrowRight', 'came second'],
    ['came second', 'ArrowRight', 'left first'],
    ['left last', 'ArrowLeft', 'came first'],
    ['left last', 'ArrowRight', 'left last'],
    ['next', 'Home', 'late'],
    ['came first', 'End', 'came second'],
    [null, 'ArrowDown', 'late'],
    ['gone', 'ArrowLeft', 'late'],
  ])('from %s with %s to %s', (from, key, to) => expect(stepTo(board, from, key)).toBe(to));

  it('has nowhere to go when nobody is there', () => expect(stepTo(boardOf([]), null, 'ArrowDown')).toBeNull());
});

describe('a patient who was asked to come early', () => {
  const early = card({ arrive_early_minutes: 15 });

  it('is counted down to, and late from, that time', () => {
    expect(timingOf(early, at(580))).toEqual({ kind: 'in', minutes: 5, isLong: false });
    expect(timingOf(early, at(590))).toEqual({ kind: 'late', minutes: 5, isLong: true });
    expect(timingOf(card({}), at(590))).toEqual({ kind: 'in', minutes: 10, isLong: false });
  });

  it('is not suggested as a no-show before the visit itself has passed', () => {
    expect(suggestsNoShow(early, at(610))).toBe(false);
    expect(suggestsNoShow(early, at(620))).toBe(true);
  });

  it('stands before whoever is due later', () => {
    const sooner = card({ id: 'sooner', start_minute: 590 });
    expect(boardOf([sooner, early]).arriving.map((one) => one.id)).toEqual(['v', 'sooner']);
  });
});

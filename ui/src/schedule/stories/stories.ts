/** The hard states of the day sheet, each one a story: looked at, tested, checked for accessibility. */

import type { DaySheet } from '../../desk/api';
import { block, busyDay, day, visit, websiteDay } from './fixtures';

export interface Story {
  title: string;
  operatories: number;
  sheet: () => DaySheet;
  nowMinute?: number;
  selected?: string;
  showBroken?: boolean;
  canEdit?: boolean;
  pending?: readonly string[];
}

const LONG_NAME = `${'Wolfeschlegelsteinhausen'.repeat(8)}, Maximilian`.slice(0, 200);

export const STORIES = {
  busy: { title: 'A full day, twelve operatories', operatories: 12, sheet: () => websiteDay(), nowMinute: 642, selected: 'visit-22' },
  thirty: { title: 'Thirty operatories', operatories: 30, sheet: () => websiteDay(30, 300), nowMinute: 642 },
  measured: { title: '150 visits in 12 columns', operatories: 12, sheet: () => busyDay(12, 150), nowMinute: 642 },
  empty: { title: 'Nothing booked', operatories: 5, sheet: () => day() },
  closed: { title: 'Closed', operatories: 5, sheet: () => day({ open: [], provider_hours: [] }) },
  nothing: { title: 'No operatories', operatories: 0, sheet: () => day() },
  fourteen: {
    title: 'Fourteen at once',
    operatories: 4,
    sheet: () =>
      day({
        appointments: Array.from({ length: 14 }, (_, at) =>
          visit(`over-${at}`, {
            patient_name: `Overlap, Number ${at + 1}`,
            appointment_type: `type-${at % 12}`,
            start_minute: 540 + at * 5,
            length_minutes: 90,
            conflicts: ['pile'],
          }),
        ),
      }),
  },
  names: {
    title: 'Long, right-to-left and short names',
    operatories: 4,
    sheet: () =>
      day({
        appointments: [
          visit('long', { patient_name: LONG_NAME }),
          visit('rtl', { patient_name: 'حداد، ليلى', start_minute: 600, appointment_type: 'type-3', status: 'arrived' }),
          visit('hebrew', { patient_name: 'כהן, נועה', start_minute: 660, operatory: 'op-2', appointment_type: 'type-7' }),
          visit('chinese', { patient_name: '王小明', start_minute: 540, operatory: 'op-2', appointment_type: 'type-10' }),
          visit('one', { patient_name: 'Ó', start_minute: 600, operatory: 'op-2', length_minutes: 20, appointment_type: 'type-5' }),
        ],
      }),
  },
  short: {
    title: 'Five-minute visits',
    operatories: 4,
    sheet: () =>
      day({
        appointments: [
          ...Array.from({ length: 6 }, (_, at) =>
            visit(`five-${at}`, {
              patient_name: `Five, Minute ${at + 1}`,
              start_minute: 540 + at * 15,
              length_minutes: 5,
              pattern: 'X',
              appointment_type: `type-${at}`,
            }),
          ),
          ...Array.from({ length: 6 }, (_, at) =>
            visit(`ten-${at}`, {
              patient_name: `Ten, Minute ${at + 1}`,
              operatory: 'op-2',
              start_minute: 540 + at * 10,
              length_minutes: 10,
              pattern: 'X/',
              appointment_type: `type-${at + 6}`,
              status: 'confirmed',
              has_alert: at === 2,
            }),
          ),
        ],
      }),
  },
  conflict: {
    title: 'Double bookings',
    operatories: 4,
    selected: 'first',
    sheet: () =>
      day({
        appointments: [
          visit('first', { conflicts: ['clash'], length_minutes: 60, status: 'confirmed' }),
          visit('second', {
            patient_name: 'Osei, Kofi',
            conflicts: ['clash'],
            start_minute: 560,
            length_minutes: 60,
            appointment_type: 'type-2',
          }),
          visit('third', { patient_name: 'Nakamura, Yuki', operatory: 'op-2', provider: 'provider-1', appointment_type: 'type-4', is_first_visit: true }),
        ],
      }),
  },
  statuses: {
    title: 'Every status and mark',
    operatories: 4,
    showBroken: true,
    nowMinute: 642,
    sheet: () =>
      day({
        appointments: (
          ['scheduled', 'confirmed', 'arrived', 'seated', 'completed', 'checked_out', 'cancelled', 'no_show'] as const
        ).map((status, at) =>
          visit(`status-${status}`, {
            status,
            patient_name: `Rivera, ${status}`,
            operatory: `op-${(at % 4) + 1}`,
            provider: `provider-${at % 6}`,
            appointment_type: `type-${at}`,
            start_minute: at < 4 ? 540 : 660,
            length_minutes: 60,
            pattern: 'XX/////XX/XX',
            doctor_needed: status === 'seated',
            has_alert: at % 3 === 0,
            has_note: true,
            is_asap: at % 2 === 0,
            is_first_visit: at === 1,
          }),
        ),
      }),
  },
  offline: {
    title: 'Working off-line: changes not answered yet',
    operatories: 4,
    pending: ['first', 'third'],
    sheet: () =>
      day({
        appointments: [
          visit('first'),
          visit('second', { patient_name: 'Osei, Kofi', start_minute: 580, status: 'confirmed' }),
          visit('third', { patient_name: 'Nakamura, Yuki', operatory: 'op-2' }),
        ],
      }),
  },
  blocks: {
    title: 'Block-outs of every kind, early and late visits',
    operatories: 4,
    sheet: () =>
      day({
        appointments: [
          visit('early', { start_minute: 375, patient_name: 'Early, Bird' }),
          visit('late', { start_minute: 1110, operatory: 'op-2', patient_name: 'Late, Comer' }),
        ],
        blocks: [
          block('lunch'),
          block('meeting', { target: { kind: 'operatory', id: 'op-1' }, start_minute: 840, length_minutes: 30, title: 'Staff meeting', policy: { kind: 'warn' } }),
          block('kept', {
            target: { kind: 'provider', id: 'provider-1' },
            start_minute: 540,
            length_minutes: 120,
            title: 'Bonding only',
            policy: { kind: 'restricted_to', types: ['type-2', 'type-3'] },
          }),
          block('repair', { target: { kind: 'operatory', id: 'op-4' }, start_minute: 0, length_minutes: 1440, title: 'Chair being repaired' }),
        ],
        provider_hours: [{ provider: 'provider-0', spans: [{ from: 600, until: 1020 }] }],
      }),
  },
} as const satisfies Record<string, Story>;

export type StoryName = keyof typeof STORIES;

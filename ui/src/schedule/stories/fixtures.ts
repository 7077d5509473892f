/** Days for stories, tests and measurements: invented, the same every time. */

import type {
  AppointmentCard,
  AppointmentTypeView,
  BlockCard,
  DaySheet,
  OperatoryView,
  ProviderView,
  RosterView,
  Status,
} from '../../desk/api';

export const LOCATION = 'lakeside';
export const DATE = '2026-11-24';

const PROVIDERS: [string, string, ProviderView['kind']][] = [
  ['Mei Chen', 'Dr Chen', 'doctor'],
  ['Kwame Osei', 'Dr Osei', 'doctor'],
  ['Sofia Lindqvist', 'Dr Lindqvist', 'doctor'],
  ['Priya Raman', 'P. Raman', 'hygienist'],
  ['Tom Bauer', 'T. Bauer', 'hygienist'],
  ['Grace Okafor', 'G. Okafor', 'assistant'],
];

export const providers: ProviderView[] = PROVIDERS.map(([name, short_name, kind], at) => ({
  id: `provider-${at}`,
  name,
  short_name,
  kind,
  hue: (at * 5) % 12,
  letter: name.slice(0, 1),
  hours: [],
  is_active: true,
}));

/** Name, code, letter, pattern. */
const TYPES: [string, string, string, string][] = [
  ['Adjustment', 'ADJ', 'A', 'XX////'],
  ['Wire change', 'WIRE', 'W', '//XX////'],
  ['Bonding', 'BOND', 'B', 'XX//////////XX'],
  ['Debond', 'DEB', 'D', 'XX////////XX'],
  ['Consultation', 'CONS', 'C', '//XXXX'],
  ['Records', 'REC', 'R', 'XX//////'],
  ['Separators', 'SEP', 'S', 'X///'],
  ['Retainer check', 'RET', 'T', 'X///'],
  ['Observation', 'OBS', 'O', 'XX//'],
  ['Emergency', 'EMER', 'E', 'XX//'],
  ['Aligner check', 'ALN', 'L', 'X/////'],
  ['Cleaning', 'CLEAN', 'H', 'XXXXXXX/'],
];

export const types: AppointmentTypeView[] = TYPES.map(([name, code, letter, pattern], hue) => ({
  id: `type-${hue}`,
  name,
  code,
  letter,
  hue,
  pattern,
  length_minutes: pattern.length * 5,
  buffer_before_minutes: 0,
  buffer_after_minutes: 0,
  providers: [],
  operatories: [],
  is_active: true,
}));

export function operatories(count: number): OperatoryView[] {
  return Array.from({ length: count }, (_, at) => ({
    id: `op-${at + 1}`,
    location: LOCATION,
    name: `Op ${at + 1}`,
    usual_provider: providers[Math.floor((at * providers.length) / count)]?.id ?? null,
    is_active: true,
  }));
}

export function roster(count: number): RosterView {
  return {
    locations: [],
    operatories: operatories(count),
    providers,
    appointment_types: types,
    people: [],
    workstations: [],
  };
}

const FAMILY =
  'Rivera Osei Nakamura Lindgren Okonkwo Haddad Kowalski Fernández Novak Adeyemi Sørensen Dubois Petrov Mbeki Tanaka Castillo O’Brien Rossi Yilmaz Andersson Nguyen Abebe Schneider Moreau Khan Silva Bakker Horvat Park Walsh'.split(
    ' ',
  );
const GIVEN =
  'Ana Kofi Yuki Elsa Chidi Layla Jan Lucía Eva Tunde Freja Hugo Mila Thabo Ren Diego Aoife Marco Deniz Nils Linh Selam Max Chloé Amir Inês Daan Luka Min-jun Ciara'.split(
    ' ',
  );

/** A small generator with a seed (mulberry32): the same day on every machine. */
export function dice(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
}

export function visit(id: string, change: Partial<AppointmentCard> = {}): AppointmentCard {
  return {
    id,
    patient: `patient-${id}`,
    patient_name: 'Rivera, Ana',
    appointment_type: 'type-0',
    provider: 'provider-0',
    operatory: 'op-1',
    location: LOCATION,
    date: DATE,
    start_minute: 540,
    length_minutes: 40,
    pattern: 'XX//////',
    status: 'scheduled',
    doctor_needed: false,
    is_asap: false,
    has_note: false,
    has_alert: false,
    is_first_visit: false,
    arrived_at: null,
    seated_at: null,
    conflicts: [],
    ...change,
  };
}

export function block(id: string, change: Partial<BlockCard> = {}): BlockCard {
  return {
    id,
    target: { kind: 'location', id: LOCATION },
    location: LOCATION,
    date: DATE,
    start_minute: 720,
    length_minutes: 60,
    title: 'Lunch',
    policy: { kind: 'block' },
    ...change,
  };
}

export function day(change: Partial<DaySheet> = {}): DaySheet {
  return {
    location: LOCATION,
    date: DATE,
    open: [{ from: 480, until: 1020 }],
    appointments: [],
    blocks: [],
    provider_hours: providers.map((provider) => ({ provider: provider.id, spans: [{ from: 480, until: 1020 }] })),
    ...change,
  };
}

function statusAt(start: number, end: number, now: number, roll: number): Status {
  if (end <= now - 30) return roll < 8 ? 'checked_out' : roll === 8 ? 'completed' : 'no_show';
  if (end <= now) return roll < 6 ? 'completed' : 'checked_out';
  if (start <= now) return 'seated';
  if (start <= now + 20) return roll < 7 ? 'arrived' : 'confirmed';
  return roll < 6 ? 'confirmed' : roll < 9 ? 'scheduled' : 'cancelled';
}

/** A believable full day: `count` operatories, about `visits` visits, now at `now`. */
export function busyDay(count: number, visits: number, now = 642, seed = 7): DaySheet {
  const roll = dice(seed);
  const columns = operatories(count);
  const appointments: AppointmentCard[] = [];
  const perColumn = Math.ceil(visits / count);
  for (const column of columns) {
    let at = 480 + roll(3) * 10;
    for (let each = 0; each < perColumn && at < 1000 && appointments.length < visits; each += 1) {
      const share = (1020 - at) / (perColumn - each);
      const fitting = types.filter((type) => type.length_minutes <= Math.max(20, share + 5));
      const type = fitting[roll(fitting.length)] ?? types[6];
      if (!type) break;
      if (at < 780 && at + type.length_minutes > 720 && columns.indexOf(column) % 3 !== 2) at = 780;
      const length = Math.min(type.length_minutes, 1020 - at);
      const number = appointments.length;
      appointments.push(
        visit(`visit-${number}`, {
          patient_name: `${FAMILY[roll(FAMILY.length)]}, ${GIVEN[roll(GIVEN.length)]}`,
          appointment_type: type.id,
          provider: column.usual_provider ?? 'provider-0',
          operatory: column.id,
          start_minute: at,
          length_minutes: length,
          pattern: type.pattern,
          status: statusAt(at, at + length, now, roll(10)),
          has_alert: roll(14) === 0,
          has_note: roll(6) === 0,
          is_asap: roll(16) === 0,
          is_first_visit: type.code === 'CONS',
        }),
      );
      at += length + (roll(5) === 0 ? 10 : 0);
    }
  }
  const seated = appointments.filter((card) => card.status === 'seated')[1];
  if (seated) seated.doctor_needed = true;
  const blocks = columns
    .map((column, index) => ({ column, index }))
    .filter(({ index }) => index % 3 !== 2)
    .map(({ column }) => block(`lunch-${column.id}`, { target: { kind: 'operatory', id: column.id } }));
  return day({ appointments, blocks });
}

/** The busy day with a double booking, a restricted block, a meeting and a late start. */
export function websiteDay(count = 12, visits = 108): DaySheet {
  const sheet = busyDay(count, visits);
  const clashing = sheet.appointments.find((card) => card.operatory === 'op-3' && card.start_minute > 800);
  const extra: AppointmentCard[] = [];
  if (clashing) {
    clashing.conflicts = ['clash-1'];
    extra.push({
      ...clashing,
      id: 'visit-clash',
      patient: 'patient-clash',
      patient_name: 'Osei, Kofi',
      start_minute: clashing.start_minute + 10,
      appointment_type: 'type-0',
      pattern: 'XX////',
      length_minutes: 30,
      status: 'confirmed',
    });
  }
  return {
    ...sheet,
    appointments: [...sheet.appointments, ...extra],
    blocks: [
      ...sheet.blocks,
      block('huddle', { start_minute: 450, length_minutes: 30, title: 'Morning huddle' }),
      block('keep', {
        target: { kind: 'operatory', id: 'op-6' },
        start_minute: 930,
        length_minutes: 60,
        title: 'Kept for emergencies',
        policy: { kind: 'restricted_to', types: ['type-9'] },
      }),
    ],
  };
}

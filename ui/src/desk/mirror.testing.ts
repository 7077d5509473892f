/** Builders for tests of the mirror: a desk that answers from functions, cards and days with only what matters. */

import type { AppointmentCard, Changed, Commands, DaySheet, Event, Hello, Session } from './api';
import { deskOver, type Desk } from './client';

type Answers = { [K in keyof Commands]?: (request: Commands[K]['request']) => Commands[K]['response'] | Promise<Commands[K]['response']> };

export function answering(answers: Answers): { desk: Desk & { emit: never }; emit: (event: Event) => void } & Desk {
  const listeners = new Set<(events: Event[]) => void>();
  const emit = (event: Event): void => listeners.forEach((listener) => listener([event]));
  const desk = deskOver({
    kind: 'fixture',
    call: async (name, request) => {
      const answer = ({ session: () => session(), ...answers } as Record<string, ((request: unknown) => unknown) | undefined>)[name];
      if (!answer) throw new Error(`the test has no answer to ${name}`);
      return await answer(request);
    },
    saveFile: async () => true,
    savePdf: async () => true,
    print: async () => {},
    subscribe: async (onEvents) => {
      listeners.add(onEvents);
      return () => listeners.delete(onEvents);
    },
  });
  return { ...desk, desk: desk as never, emit };
}

export function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (reason: unknown) => void } {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}

let counted = 0;
export const resetIds = (): void => {
  counted = 0;
};

export function card(some: Partial<AppointmentCard> = {}): AppointmentCard {
  counted += 1;
  return {
    id: `visit-${counted}`,
    patient: 'pat-1',
    patient_name: 'Osei, Kofi',
    appointment_type: 'adj',
    provider: 'chen',
    operatory: 'op-1',
    location: 'lake',
    date: '2026-11-24',
    start_minute: 540,
    length_minutes: 30,
    pattern: '/XX///',
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
  };
}

export const daySheet = (date: string, appointments: AppointmentCard[]): DaySheet => ({
  location: 'lake',
  date,
  open: [{ from: 480, until: 1020 }],
  appointments,
  blocks: [],
  provider_hours: [],
});

export const changed = (some: Partial<Changed>): Event => ({
  event: 'changed',
  op: 'move_appointment',
  by: { person: 'Mara Reyes', initials: 'MR', workstation: 'Front desk 1', at: '2026-11-24T15:24:07Z' },
  is_own: true,
  appointments: [],
  removed_appointments: [],
  blocks: [],
  removed_blocks: [],
  patients: [],
  roster: null,
  practice: null,
  conflict_count: 0,
  undo: { undo: null, redo: null },
  reload: false,
  ...some,
});

/** Mara sits here and may do everything. */
export const session = (some: Partial<Session> = {}): Session => ({
  state: 'open',
  practice: 'Lakeside',
  me: { id: 'm', name: 'Mara Reyes', initials: 'MR' },
  people: [],
  pin_for: null,
  may: ['booking:view_calendar', 'booking:create_appointment', 'booking:modify_appointment', 'booking:cancel_appointment'],
  is_administrator: true,
  is_super_admin: true,
  has_login: true,
  second_factor: { is_on: false, is_required: false, is_trusted_here: false, backup_codes: 0 },
  lock_after_minutes: 10,
  emergency_until: null,
  emergencies: [],
  ...some,
});

export const hello = (): Hello => ({
  program_version: '0',
  zone_data: '2026f',
  practice: {
    id: 'p',
    name: 'Lakeside',
    email: '',
    phone: '',
    time_increment_minutes: 10,
    cancel_reasons: [],
    usual_interval_weeks: 6,
    is_demo: true,
  },
  me: { id: 'm', name: 'Mara Reyes', initials: 'MR' },
  workstation: { id: 'w', name: 'Front desk 1' },
  roster: { locations: [], operatories: [], providers: [], appointment_types: [], people: [], workstations: [] },
  now: {
    instant: '2026-11-24T15:24:07Z',
    is_fixed: true,
    at: [{ location: 'lake', wall: '2026-11-24T10:24', date: '2026-11-24', minute: 624 }],
  },
  sync: {
    mode: 'live',
    waiting: 0,
    behind: 0,
    relay: 'wss://relay.example',
    last_live_at: null,
    trouble: null,
    is_removed: false,
    retry_at: null,
    quarantined: 0,
  },
  undo: { undo: null, redo: null },
  conflict_count: 0,
  arriving: null,
  preferences: { theme: 'system', density: 'dense', location: null, rail_open: null, inspector_open: null, hour_height: null, is_private: null, more_contrast: null },
  views: { last: null, named: [], hides_template: false },
});

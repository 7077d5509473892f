// The mirror: cards go where their date says, gestures show at once and are put back, answers and events may come in any order.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { addDays } from '../shared/dates';
import { answering, card, changed, daySheet, deferred, hello, resetIds } from './mirror.testing';
import { DeskFailure } from './host';
import { Mirror } from './mirror.svelte';
import type { AppointmentChanged, ConflictCard, DaySheet, Hello, SyncState } from './api';

const names = (mirror: Mirror, date: string): string[] =>
  (mirror.sheet('lake', date)?.appointments ?? []).map((one) => `${one.patient_name} ${one.start_minute}`);

/** A mirror with Tuesday and Wednesday at hand. */
async function open(cards = [card({ id: 'a', patient_name: 'Rivera, Ana', start_minute: 540 })]) {
  const asked: string[] = [];
  const desk = answering({
    hello: () => hello(),
    boot: () => ({ state: 'ready' }),
    day_sheet: ({ date }) => {
      asked.push(date);
      return daySheet(date, cards.filter((one) => one.date === date));
    },
    conflicts: () => ({ cards: [] }),
  });
  const mirror = new Mirror(desk.desk);
  await mirror.start();
  await mirror.show('lake', '2026-11-24');
  // The neighbours come behind.
  await vi.waitFor(() => expect(mirror.sheet('lake', '2026-11-23') && mirror.sheet('lake', '2026-11-25')).toBeTruthy());
  return { mirror, desk, asked };
}

beforeEach(resetIds);

describe('days', () => {
  it('brings the day and its neighbours, each once', async () => {
    const { mirror, asked } = await open();
    await mirror.show('lake', '2026-11-24');
    expect(asked.sort()).toEqual(['2026-11-23', '2026-11-24', '2026-11-25']);
  });

  it('keeps some weeks and forgets the ones not looked at for longest', async () => {
    const { mirror } = await open();
    for (let day = 0; day < 100; day += 1) await mirror.show('lake', addDays('2027-02-01', day));
    expect(mirror.sheet('lake', '2026-11-24')).toBeNull();
    expect(mirror.sheet('lake', addDays('2027-02-01', 99))).not.toBeNull();
  });

  it('says why a day could not be shown, and shows it the next time', async () => {
    let fails = true;
    const { desk } = answering({
      boot: () => ({ state: 'ready' }),
      hello: () => hello(),
      day_sheet: ({ date }): DaySheet => {
        if (fails) throw new DeskFailure({ code: 'disk', message: 'The disk did not answer.', hint: '' });
        return daySheet(date, []);
      },
    });
    const mirror = new Mirror(desk);
    await mirror.start();
    await mirror.show('lake', '2026-11-24');
    expect(mirror.failure('lake', '2026-11-24')?.message).toBe('The disk did not answer.');
    fails = false;
    await mirror.show('lake', '2026-11-24');
    expect(mirror.failure('lake', '2026-11-24')).toBeNull();
    expect(mirror.sheet('lake', '2026-11-24')).not.toBeNull();
  });

  it('asks again for a day that changed while it was on its way', async () => {
    const first = deferred<DaySheet>();
    let times = 0;
    const { desk, emit } = answering({
      boot: () => ({ state: 'ready' }),
      hello: () => hello(),
      day_sheet: ({ date }) => {
        if (date !== '2026-11-24') return daySheet(date, []);
        times += 1;
        return times === 1 ? first.promise : daySheet(date, [card({ id: 'a', start_minute: 600 })]);
      },
    });
    const mirror = new Mirror(desk);
    await mirror.start();
    const shown = mirror.show('lake', '2026-11-24');
    emit(changed({ appointments: [card({ id: 'a', start_minute: 600 })] }));
    first.resolve(daySheet('2026-11-24', [card({ id: 'a', start_minute: 540 })]));
    await shown;
    expect(mirror.card('a')?.start_minute).toBe(600);
  });
});

describe('events', () => {
  it('moves a card to the day its date says and nowhere else', async () => {
    const { mirror, desk } = await open();
    desk.emit(changed({ appointments: [card({ id: 'a', patient_name: 'Rivera, Ana', date: '2026-11-25', start_minute: 600 })] }));
    expect(names(mirror, '2026-11-24')).toEqual([]);
    expect(names(mirror, '2026-11-25')).toEqual(['Rivera, Ana 600']);
  });

  it('leaves the objects of cards that did not change as they are', async () => {
    const { mirror, desk } = await open([card({ id: 'a' }), card({ id: 'b', start_minute: 700 })]);
    const before = mirror.card('b');
    desk.emit(changed({ appointments: [card({ id: 'a', status: 'arrived' })] }));
    expect(mirror.card('b')).toBe(before);
    expect(mirror.card('a')?.status).toBe('arrived');
  });

  it('takes away visits that no longer exist', async () => {
    const { mirror, desk } = await open();
    desk.emit(changed({ removed_appointments: ['a'] }));
    expect(mirror.card('a')).toBeNull();
  });

  it('replaces the block-outs of the days that are named', async () => {
    const { mirror, desk } = await open();
    const lunch = {
      id: 'lunch',
      target: { kind: 'location', id: 'lake' } as const,
      location: 'lake',
      date: '2026-11-24',
      start_minute: 720,
      length_minutes: 60,
      title: 'Lunch',
      policy: { kind: 'block' } as const,
    };
    desk.emit(changed({ blocks: [{ location: 'lake', date: '2026-11-24', blocks: [lunch] }] }));
    expect(mirror.sheet('lake', '2026-11-24')?.blocks.map((one) => one.title)).toEqual(['Lunch']);
    desk.emit(changed({ removed_blocks: ['lunch'] }));
    expect(mirror.sheet('lake', '2026-11-24')?.blocks).toEqual([]);
  });

  it('asks for everything on the screen again when too much changed', async () => {
    const { mirror, desk, asked } = await open();
    asked.length = 0;
    desk.emit(changed({ reload: true }));
    await vi.waitFor(() => expect(asked).toContain('2026-11-24'));
    expect(mirror.card('a')).not.toBeNull();
  });

  it('keeps undo, sync and conflict count current', async () => {
    const { mirror, desk } = await open();
    desk.emit(changed({ undo: { undo: 'Moved Rivera, Ana', redo: null }, conflict_count: 2 }));
    desk.emit({ event: 'sync', state: { ...hello().sync, mode: 'offline', waiting: 3 } });
    expect([mirror.undo.undo, mirror.conflictCount, mirror.sync?.waiting]).toEqual(['Moved Rivera, Ana', 2, 3]);
  });
});

describe('a gesture', () => {
  const moved = card({ id: 'a', patient_name: 'Rivera, Ana', start_minute: 660 });
  const answer = (one = moved): AppointmentChanged => ({ appointment: one, warnings: [], undo: { undo: 'x', redo: null } });

  it('shows at once and stays when the desk agrees', async () => {
    const { mirror } = await open();
    const waiting = deferred<AppointmentChanged>();
    const done = mirror.optimistic(moved, waiting.promise);
    expect(names(mirror, '2026-11-24')).toEqual(['Rivera, Ana 660']);
    expect(mirror.pending.has('a')).toBe(true);
    waiting.resolve(answer());
    await done;
    expect(names(mirror, '2026-11-24')).toEqual(['Rivera, Ana 660']);
    expect(mirror.pending.size).toBe(0);
  });

  it('goes back where it was when the desk refuses', async () => {
    const { mirror } = await open();
    const refusal = new DeskFailure({ code: 'chair_taken', message: 'Op 1 is taken.', hint: '' });
    await expect(mirror.optimistic({ ...moved, date: '2026-11-25' }, Promise.reject(refusal))).rejects.toBe(refusal);
    expect(names(mirror, '2026-11-24')).toEqual(['Rivera, Ana 540']);
    expect(names(mirror, '2026-11-25')).toEqual([]);
  });

  it('goes back to what another desk did meanwhile, not to what was here before', async () => {
    const { mirror, desk } = await open();
    const waiting = deferred<AppointmentChanged>();
    const done = mirror.optimistic(moved, waiting.promise).catch(() => {});
    desk.emit(changed({ is_own: false, appointments: [card({ id: 'a', patient_name: 'Rivera, Ana', start_minute: 600 })] }));
    expect(names(mirror, '2026-11-24')).toEqual(['Rivera, Ana 660']);
    waiting.reject(new DeskFailure({ code: 'chair_taken', message: '', hint: '' }));
    await done;
    expect(names(mirror, '2026-11-24')).toEqual(['Rivera, Ana 600']);
  });

  it('believes an event that came before its own answer', async () => {
    const { mirror, desk } = await open();
    const waiting = deferred<AppointmentChanged>();
    const done = mirror.optimistic(moved, waiting.promise);
    desk.emit(changed({ appointments: [{ ...moved, status: 'arrived' }] }));
    waiting.resolve(answer());
    await done;
    expect(mirror.card('a')).toMatchObject({ start_minute: 660, status: 'arrived' });
  });

  it('does not bring back a visit that vanished meanwhile', async () => {
    const { mirror, desk } = await open();
    const waiting = deferred<AppointmentChanged>();
    const done = mirror.optimistic(moved, waiting.promise).catch(() => {});
    desk.emit(changed({ removed_appointments: ['a'] }));
    waiting.reject(new DeskFailure({ code: 'no_such_appointment', message: '', hint: '' }));
    await done;
    expect(mirror.card('a')).toBeNull();
  });

  it('shows the last of two quick gestures until both are answered', async () => {
    const { mirror } = await open();
    const [one, two] = [deferred<AppointmentChanged>(), deferred<AppointmentChanged>()];
    const first = mirror.optimistic(moved, one.promise);
    const second = mirror.optimistic({ ...moved, start_minute: 700 }, two.promise);
    one.resolve(answer());
    await first;
    expect(names(mirror, '2026-11-24')).toEqual(['Rivera, Ana 700']);
    two.reject(new DeskFailure({ code: 'chair_taken', message: '', hint: '' }));
    await second.catch(() => {});
    expect(names(mirror, '2026-11-24')).toEqual(['Rivera, Ana 660']);
  });
});

it('says when every gesture is answered, also with a refusal', async () => {
  const { mirror } = await open();
  const answer = deferred<AppointmentChanged>();
  const gesture = mirror.optimistic(card({ id: 'a', status: 'confirmed' }), answer.promise).catch(() => {});
  let isSettled = false;
  const settled = mirror.settled().then(() => (isSettled = true));
  await Promise.resolve();
  expect(isSettled).toBe(false);
  answer.reject(new DeskFailure({ code: 'chair_taken', message: '', hint: '' }));
  await Promise.all([gesture, settled]);
  await mirror.settled();
});

describe('answers that are older than events', () => {
  it('believes what the desk said while it was greeted', async () => {
    const greeting = deferred<Hello>();
    const { desk, emit } = answering({ boot: () => ({ state: 'ready' }), hello: () => greeting.promise });
    const mirror = new Mirror(desk);
    const started = mirror.start();
    await vi.waitFor(() => expect(mirror.boot?.state).toBe('ready'));
    emit({ event: 'sync', state: { ...hello().sync, mode: 'live', waiting: 0 } });
    emit(changed({ conflict_count: 0, undo: { undo: 'Moved Rivera, Ana', redo: null } }));
    greeting.resolve({ ...hello(), sync: { ...hello().sync, mode: 'connecting', waiting: 1 }, conflict_count: 2 });
    await started;
    expect(mirror.sync).toMatchObject({ mode: 'live', waiting: 0 });
    expect([mirror.undo.undo, mirror.conflictCount]).toEqual(['Moved Rivera, Ana', 0]);
    expect(mirror.practice?.name).toBe('Lakeside');
  });

  it('does not bring back a conflict that is settled', async () => {
    const first = deferred<{ cards: ConflictCard[] }>();
    const { desk, emit } = answering({ boot: () => ({ state: 'ready' }), hello: () => hello(), conflicts: () => first.promise });
    const mirror = new Mirror(desk);
    await mirror.start();
    emit(changed({ conflict_count: 1 }));
    emit(changed({ conflict_count: 0 }));
    first.resolve({ cards: [{ key: 'operatory:a:b' } as ConflictCard] });
    await first.promise;
    await Promise.resolve();
    expect([mirror.conflicts, mirror.conflictCount]).toEqual([[], 0]);
  });

  it('takes over an asked state of the relay only if nothing newer came', async () => {
    const { mirror, desk } = await open();
    const asked = deferred<SyncState>();
    const taken = mirror.takeSync(asked.promise);
    desk.emit({ event: 'sync', state: { ...hello().sync, mode: 'live' } });
    asked.resolve({ ...hello().sync, mode: 'offline' });
    await taken;
    expect(mirror.sync?.mode).toBe('live');
    await mirror.takeSync(Promise.resolve({ ...hello().sync, mode: 'connecting' }));
    expect(mirror.sync?.mode).toBe('connecting');
  });
});

it('a practice that cannot be opened says why', async () => {
  const { desk } = answering({
    boot: () => {
      throw new DeskFailure({ code: 'newer_database', message: 'Opened by a newer version.', hint: 'Update.' });
    },
  });
  const mirror = new Mirror(desk);
  await mirror.start();
  expect(mirror.boot).toMatchObject({ state: 'failed', error: { code: 'newer_database' } });
});

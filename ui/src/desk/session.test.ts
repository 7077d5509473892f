// Who sits here: a locked desk keeps nothing of the practice, whoever comes in begins anew, late answers are for nobody.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { DaySheet, Hello, Session } from './api';
import { DeskFailure } from './host';
import { Mirror } from './mirror.svelte';
import { answering, card, changed, daySheet, deferred, hello, resetIds, session } from './mirror.testing';

const LOCKED = session({ state: 'locked', me: null, may: [], is_administrator: false, is_super_admin: false });
const AMARA = session({ me: { id: 'a', name: 'Amara Bello', initials: 'AB' } });
const locked = new DeskFailure({ code: 'locked', message: 'This desk is locked.', hint: 'Sign in to go on.' });

/** Everything the mirror holds, as text. */
const held = (mirror: Mirror): string =>
  JSON.stringify([mirror.hello, mirror.practice, mirror.roster, mirror.conflicts, mirror.undo, mirror.lastChange, mirror.sheet('lake', '2026-11-24')]);

function desk(first: Session) {
  let now = first;
  const asked: string[] = [];
  const count = <T>(name: string, answer: () => T) => () => {
    asked.push(name);
    return answer();
  };
  const host = answering({
    boot: () => ({ state: 'ready' }),
    session: count('session', () => now),
    hello: count('hello', () => hello()),
    day_sheet: ({ date }) => daySheet(date, date === '2026-11-24' ? [card({ patient_name: 'Rivera, Ana' })] : []),
    conflicts: () => ({ cards: [] }),
    sign_in: () => (now = AMARA),
    lock: () => (now = LOCKED),
  });
  return { host, asked, become: (session: Session) => (now = session) };
}

beforeEach(resetIds);

describe('a desk', () => {
  it('that is locked at the start is asked for nothing more', async () => {
    const { host, asked } = desk(LOCKED);
    const mirror = new Mirror(host.desk);
    await mirror.start();
    expect(mirror.isLocked).toBe(true);
    expect(asked).toEqual(['session']);
    expect(mirror.hello).toBeNull();
  });

  it('hydrates before whoever signed in sees it', async () => {
    const { host, asked } = desk(LOCKED);
    const mirror = new Mirror(host.desk);
    await mirror.start();
    const seen: boolean[] = [];
    // The desk says so by itself as well: one hydration all the same.
    host.emit({ event: 'session', session: AMARA });
    const coming = mirror.takeSession(mirror.desk.call('sign_in', { person: 'a', passphrase: 'calm brave otter' }));
    seen.push(mirror.isLocked);
    await coming;
    expect(seen).toEqual([true]);
    expect(mirror.isLocked).toBe(false);
    expect(mirror.session?.me?.name).toBe('Amara Bello');
    expect(asked.filter((name) => name === 'hello')).toHaveLength(1);
  });

  it('forgets the practice when it is locked', async () => {
    const { host } = desk(session());
    const mirror = new Mirror(host.desk);
    await mirror.start();
    await mirror.show('lake', '2026-11-24');
    host.emit(changed({ appointments: [card({ patient_name: 'Osei, Kofi' })], patients: ['pat-1'] }));
    expect(held(mirror)).toContain('Rivera, Ana');
    host.emit({ event: 'session', session: LOCKED });
    expect(mirror.isLocked).toBe(true);
    expect(held(mirror)).not.toMatch(/Rivera|Osei|Mara|Lakeside/);
    // What others change meanwhile is not kept either.
    host.emit(changed({ appointments: [card({ patient_name: 'Osei, Kofi' })], undo: { undo: 'Moved Osei, Kofi', redo: null } }));
    expect(held(mirror)).not.toContain('Osei');
    expect(mirror.lastPerson).toBe('m');
    expect(mirror.preferences?.density).toBe('dense');
  });

  it('keeps no answer that comes after it was locked', async () => {
    const late = deferred<DaySheet>();
    const greeting = deferred<Hello>();
    let isSlow = false;
    const { desk: slow, emit } = answering({
      boot: () => ({ state: 'ready' }),
      hello: () => (isSlow ? greeting.promise : hello()),
      day_sheet: () => late.promise,
      conflicts: () => ({ cards: [] }),
    });
    const mirror = new Mirror(slow);
    await mirror.start();
    const showing = mirror.show('lake', '2026-11-24');
    isSlow = true;
    const reloading = mirror.reload();
    emit({ event: 'session', session: LOCKED });
    late.resolve(daySheet('2026-11-24', [card({ patient_name: 'Rivera, Ana' })]));
    greeting.resolve(hello());
    await Promise.all([showing, reloading]);
    expect(mirror.sheet('lake', '2026-11-24')).toBeNull();
    expect(mirror.hello).toBeNull();
    expect(mirror.boot?.state).toBe('ready');
  });

  it('locked while somebody comes in stays locked', async () => {
    const greeting = deferred<Hello>();
    const { desk: slow, emit } = answering({ boot: () => ({ state: 'ready' }), session: () => LOCKED, hello: () => greeting.promise });
    const mirror = new Mirror(slow);
    await mirror.start();
    emit({ event: 'session', session: AMARA });
    emit({ event: 'session', session: LOCKED });
    greeting.resolve(hello());
    await mirror.quiet();
    await Promise.resolve();
    expect(mirror.isLocked).toBe(true);
    expect(mirror.hello).toBeNull();
  });

  it('finds out from a refusal that it is locked', async () => {
    const { desk: silent } = answering({
      boot: () => ({ state: 'ready' }),
      session: vi.fn().mockReturnValueOnce(session()).mockReturnValue(LOCKED),
      hello: () => hello(),
      history: () => {
        throw locked;
      },
    });
    const mirror = new Mirror(silent);
    await mirror.start();
    await expect(mirror.desk.call('history', { limit: 1 })).rejects.toThrow('locked');
    await vi.waitFor(() => expect(mirror.isLocked).toBe(true));
    expect(mirror.hello).toBeNull();
  });

  it('of another person begins anew, of the same goes on', async () => {
    const { host, asked } = desk(session());
    const mirror = new Mirror(host.desk);
    await mirror.start();
    await mirror.show('lake', '2026-11-24');
    host.emit({ event: 'session', session: session({ emergency_until: '2026-11-24T16:24:00Z' }) });
    expect(mirror.sheet('lake', '2026-11-24')).not.toBeNull();
    expect(mirror.session?.emergency_until).not.toBeNull();
    host.emit({ event: 'session', session: AMARA });
    expect(mirror.sheet('lake', '2026-11-24')).toBeNull();
    await vi.waitFor(() => expect(mirror.session?.me?.id).toBe('a'));
    expect(asked.filter((name) => name === 'hello')).toHaveLength(2);
  });

  it('of a newcomer goes on when their own record comes with the rest of the practice', async () => {
    const { host } = desk(session({ me: null }));
    const mirror = new Mirror(host.desk);
    await mirror.start();
    await mirror.show('lake', '2026-11-24');
    const { seat } = mirror;
    host.emit({ event: 'session', session: AMARA });
    expect(mirror.session?.me?.id).toBe('a');
    expect(mirror.sheet('lake', '2026-11-24')).not.toBeNull();
    expect(mirror.seat).toBe(seat);
    // But whoever comes after her begins anew.
    host.emit({ event: 'session', session: session() });
    await vi.waitFor(() => expect(mirror.session?.me?.id).toBe('m'));
    expect(mirror.seat).toBe(seat + 1);
  });

  it('that could not be read can be tried again', async () => {
    let fails = true;
    const { desk: shaky } = answering({
      boot: () => ({ state: 'ready' }),
      hello: () => {
        if (fails) throw new DeskFailure({ code: 'disk', message: 'The disk did not answer.', hint: '' });
        return hello();
      },
    });
    const mirror = new Mirror(shaky);
    await mirror.start();
    expect(mirror.boot?.state).toBe('failed');
    fails = false;
    await mirror.start();
    expect(mirror.boot?.state).toBe('ready');
    expect(mirror.hello).not.toBeNull();
    expect(mirror.session?.state).toBe('open');
  });

  it('asks anew for what is shown when the same person may see more', async () => {
    const { host, asked } = desk(session({ may: [] }));
    const mirror = new Mirror(host.desk);
    await mirror.start();
    host.emit({ event: 'session', session: session() });
    await vi.waitFor(() => expect(asked.filter((name) => name === 'hello')).toHaveLength(2));
  });
});

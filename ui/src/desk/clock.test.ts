// The clock: wall times come from the desk, only the time that passed is added.
import { describe, expect, it } from 'vitest';
import type { Now } from './api';
import { Clock } from './clock.svelte';

const now = (some: Partial<Now> = {}): Now => ({
  instant: '2026-11-24T15:24:40Z',
  is_fixed: false,
  at: [
    { location: 'lake', wall: '2026-11-24T10:24', date: '2026-11-24', minute: 624 },
    { location: 'delhi', wall: '2026-11-24T20:54', date: '2026-11-24', minute: 1254 },
  ],
  ...some,
});

/** A clock whose monotonic time the test moves. */
function started(heard = now()) {
  let passed = 5_000;
  const clock = new Clock(() => passed);
  clock.hear(heard);
  return { clock, pass: (seconds: number) => ((passed += seconds * 1000), clock.tick()) };
}

describe('the clock', () => {
  it('knows each location’s own wall time', () => {
    const { clock } = started();
    expect(clock.at('lake')).toEqual({ date: '2026-11-24', minute: 624 });
    expect(clock.at('delhi')).toEqual({ date: '2026-11-24', minute: 1254 });
    expect(clock.at('elsewhere')).toBeNull();
  });

  it('turns the minute when the minute turns, not a minute after it was set', () => {
    const { clock, pass } = started();
    pass(19);
    expect(clock.at('lake')?.minute).toBe(624);
    pass(1);
    expect(clock.at('lake')?.minute).toBe(625);
  });

  it('goes over midnight into the next day', () => {
    const { clock, pass } = started();
    pass(186 * 60);
    expect(clock.at('delhi')).toEqual({ date: '2026-11-25', minute: 0 });
  });

  it('asks to be set again after a quarter of an hour', () => {
    const { pass } = started();
    expect(pass(14 * 60)).toBe(false);
    expect(pass(60)).toBe(true);
  });

  it('stands still when it is fixed', () => {
    const { clock, pass } = started(now({ is_fixed: true }));
    pass(7200);
    expect(clock.at('lake')?.minute).toBe(624);
    expect(clock.momentNow('lake')).toBe('10:24:40');
  });

  it('counts waiting minutes', () => {
    const { clock, pass } = started();
    expect(clock.minutesSince('2026-11-24T15:10:00Z')).toBe(14);
    pass(60);
    expect(clock.minutesSince('2026-11-24T15:10:00Z')).toBe(15);
    expect(clock.minutesSince('2026-11-24T16:00:00Z')).toBe(0);
  });

  it('shows an instant as wall time of a location, over midnight too', () => {
    const { clock } = started();
    expect(clock.wallOf('2026-11-24T14:58:59Z', 'lake')).toEqual({ date: '2026-11-24', minute: 598 });
    expect(clock.wallOf('2026-11-24T04:59:00Z', 'lake')).toEqual({ date: '2026-11-23', minute: 1439 });
    expect(clock.wallOf('2026-11-24T18:31:00Z', 'delhi')).toEqual({ date: '2026-11-25', minute: 1 });
    expect(clock.wallOf('no instant', 'lake')).toBeNull();
  });

  it('says when something was saved to the second', () => {
    const { clock, pass } = started();
    pass(27);
    expect(clock.momentNow('lake')).toBe('10:25:07');
  });
});

// While a new workstation's calendar comes, the desk says what is here and how far it is, and takes the words away at the end.
import { render, screen } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { Arriving } from '../desk/api';
import { answering, hello } from '../desk/mirror.testing';
import { Mirror } from '../desk/mirror.svelte';
import ArrivingBar from './ArrivingBar.svelte';

const today: Arriving = {
  stage: 'today',
  days: { first: '2026-11-24', last: '2026-12-01' },
  done: 3,
  total: 12,
  trouble: null,
};

describe('the bar', () => {
  it('says what can be looked at, and how far it is', async () => {
    const { rerender } = render(ArrivingBar, { arriving: today });
    expect(screen.getByText(/Today and the next days are here/)).toBeInTheDocument();
    expect(screen.getByRole('progressbar')).toHaveAttribute('value', '3');
    expect(screen.getByRole('progressbar')).toHaveAttribute('max', '12');
    await rerender({ arriving: { ...today, stage: 'calendar', done: 11 } });
    expect(screen.getByText(/The whole calendar is here/)).toBeInTheDocument();
  });

  it('says that it waits, and does not count what it cannot count', async () => {
    render(ArrivingBar, { arriving: { ...today, stage: 'log', days: null, done: 0, total: 0, trouble: 'No answer.' } });
    expect(screen.getByText(/Waits for the relay/)).toBeInTheDocument();
    expect(screen.getByRole('progressbar')).not.toHaveAttribute('max');
  });
});

describe('the mirror', () => {
  it('begins with what the desk says and follows it', async () => {
    let arriving: Arriving | null = today;
    const desk = answering({
      boot: () => ({ state: 'ready' }),
      hello: () => ({ ...hello(), arriving }),
      conflicts: () => ({ cards: [] }),
    });
    const mirror = new Mirror(desk.desk);
    await mirror.start();
    expect(mirror.arriving).toEqual(today);
    expect(mirror.hasFewPatients).toBe(true);
    desk.emit({ event: 'arriving', arriving: { ...today, stage: 'calendar' } });
    expect(mirror.hasFewPatients).toBe(false);
    arriving = null;
    desk.emit({ event: 'arriving', arriving });
    expect(mirror.arriving).toBeNull();
  });
});

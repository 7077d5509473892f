import { describe, expect, it } from 'vitest';
import { card } from '../gestures/scene.test-kit';
import { chosenBars, providerTime } from './provider-time';

const chen = 'provider-0';

describe('when a provider is needed', () => {
  it('also for their part of another’s visit', () => {
    const ana = card('ana op-1 9:00 40', { provider: 'provider-1', pattern: 'XXXX//XX', second_provider: chen, second_pattern: '////XX//' });
    const kofi = card('kofi op-2 9:25 20', { provider: chen, pattern: 'XX//' });
    expect(providerTime([ana, kofi], chen)).toEqual({
      needed: [{ from: 560, until: 575 }],
      clashes: [{ from: 565, until: 570 }],
      minutes: 15,
    });
    expect(providerTime([ana, kofi], 'provider-1').minutes).toBe(30);
  });

  it('the X units only, at whichever chair', () => {
    const ana = card('ana op-1 9:00 40', { provider: chen, pattern: 'XX////XX' });
    const kofi = card('kofi op-2 9:10 20', { provider: chen, pattern: 'XX//' });
    expect(providerTime([ana, kofi], chen)).toEqual({
      needed: [{ from: 540, until: 560 }, { from: 570, until: 580 }],
      clashes: [],
      minutes: 30,
    });
  });

  it('two visits at once clash, for as long as both need them', () => {
    const ana = card('ana op-1 9:00 20', { provider: chen, pattern: 'XXXX' });
    const kofi = card('kofi op-2 9:10 30', { provider: chen, pattern: 'XXXXXX' });
    expect(providerTime([ana, kofi], chen).clashes).toEqual([{ from: 550, until: 560 }]);
  });

  it('neither another provider’s visits nor cancelled ones count', () => {
    const other = card('other op-1 9:00 20', { provider: 'provider-1', pattern: 'XXXX' });
    const gone = card('gone op-1 9:00 20', { provider: chen, pattern: 'XXXX', status: 'cancelled' });
    expect(providerTime([other, gone], chen)).toEqual({ needed: [], clashes: [], minutes: 0 });
  });
});

describe('bars', () => {
  const bar = (name: string, clashes: number) => ({ name, time: { needed: [], clashes: Array.from({ length: clashes }, () => ({ from: 0, until: 5 })), minutes: 5 } });

  it('are those of everybody while there is room, and of whoever clashes first when there is not', () => {
    const all = [bar('Chen', 0), bar('Osei', 1), bar('Sato', 0), bar('Feld', 2)];
    const names = (most: number): string[] => chosenBars(all, most).map(({ name }) => name);
    expect(names(4)).toEqual(['Chen', 'Osei', 'Sato', 'Feld']);
    expect(names(3)).toEqual(['Chen', 'Osei', 'Feld']);
    expect(names(2)).toEqual(['Osei', 'Feld']);
  });
});

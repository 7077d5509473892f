import { describe, expect, it } from 'vitest';
import { DeskFailure } from '../desk/host';
import { Asking } from './asking.svelte';

const refusal = new DeskFailure({ code: 'invalid', message: 'Too short.', hint: 'Eight at least.', field: 'passphrase' });

describe('asking the desk', () => {
  it('says what is wrong where it is wrong, and forgets it with the next question', async () => {
    const asking = new Asking();
    expect(await asking.run(() => Promise.reject(refusal))).toBe(false);
    expect(asking.wrong('passphrase')).toBe('Too short. Eight at least.');
    expect(asking.wrong('name')).toBeNull();
    expect(asking.besides('passphrase')).toBeNull();
    expect(asking.besides('name')).toBe('Too short. Eight at least.');
    expect(await asking.run(() => Promise.resolve())).toBe(true);
    expect(asking.words).toBeNull();
  });

  it('asks once, however often the button is pressed', async () => {
    const asking = new Asking();
    let asked = 0;
    let answer = (): void => {};
    const first = asking.run(() => {
      asked += 1;
      return new Promise((resolve) => (answer = resolve));
    });
    expect(await asking.run(() => Promise.reject(refusal))).toBe(false);
    expect([asked, asking.isBusy, asking.words]).toEqual([1, true, null]);
    answer();
    await first;
    expect(asking.isBusy).toBe(false);
  });
});

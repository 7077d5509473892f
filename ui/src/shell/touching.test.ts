// A touch is told at once, and not again for a while.
import { expect, it, vi } from 'vitest';
import { touching } from './touching';

it('tells the first touch at once, and the next after fifteen seconds', () => {
  const send = vi.fn();
  let now = 1000;
  const touch = touching(send, () => now);
  touch();
  now += 14_999;
  touch();
  expect(send).toHaveBeenCalledTimes(1);
  now += 1;
  touch();
  touch();
  expect(send).toHaveBeenCalledTimes(2);
});

import { expect, it } from 'vitest';
import { initialsOf } from './names';

it.each([
  ['Rivera, Ana', 'R. A.'],
  ['Montgomery-Featherstonehaugh, Maximilian', 'M. M.'],
  ['dos Santos, Inês', 'D. I.'],
  ['Ana Rivera', 'A. R.'],
  ['王小明', '王.'],
  ['حداد، ليلى', 'ح. ل.'],
  ['Ó', 'Ó.'],
  ['', ''],
])('%s is %s', (name, initials) => expect(initialsOf(name)).toBe(initials));

// What is typed in the field of the type, read as one type or several.
import { describe, expect, it } from 'vitest';
import { clinic } from '../desk/fixture/clinic';
import { readSeveral } from './several';

const types = clinic().roster.appointment_types;
const read = (text: string) => {
  const { before, options } = readSeveral(types, text);
  return { before: before?.map((one) => one.code) ?? null, first: options[0]?.code };
};

describe('several things in one visit', () => {
  it('are one type without a sign', () => expect(read('a')).toEqual({ before: [], first: 'ADJ' }));
  it('are the best of each part', () => expect(read('a+t')).toEqual({ before: ['ADJ'], first: 'RET' }));
  it('never name the same twice', () => expect(read('a + a').first).not.toBe('ADJ'));
  it('offer all that is left after the sign', () => expect(readSeveral(types, 'a+').options).toHaveLength(types.length - 1));
  it('are nothing where a part is nothing', () => expect(read('zzz+t')).toEqual({ before: null, first: undefined }));
  it('are nothing where a part is missing', () => expect(read('+t').before).toBeNull());
});

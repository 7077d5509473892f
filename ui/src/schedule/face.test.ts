// What a card of a given size shows: the name whole whenever there is any way, marks never on letters.
import { describe, expect, it } from 'vitest';
import { labelSpot } from './geometry/spans';
import { face, nameFits, type FaceInput } from './face';
import { textWidth } from './text-width';

const visit = (change: Partial<FaceInput>) =>
  face({
    width: 108,
    height: 47,
    name: 'Rivera, Ana',
    typeName: 'Adjustment',
    typeCode: 'ADJ',
    minutes: 30,
    times: '9:00 – 9:30',
    marks: 0,
    textScale: 1,
    ...change,
  });

describe('the usual column of 112 pixels', () => {
  it('half an hour: a name on two lines, and the type', () => {
    expect(visit({ name: 'Fitzgerald, Aoife' })).toMatchObject({ nameLines: 2, size: 'usual', what: 'code' });
  });
  it('twenty minutes: two small lines for a long name, else the type', () => {
    expect(visit({ name: 'Fitzgerald, Aoife', height: 31 })).toMatchObject({ nameLines: 2, size: 'small', what: 'none' });
    expect(visit({ height: 31 })).toMatchObject({ nameLines: 1, size: 'usual', what: 'code' });
  });
  it('what somebody must see goes before the second line of a name', () => {
    expect(visit({ name: 'Fitzgerald, Aoife', height: 31, marks: 1 })).toMatchObject({ nameLines: 1, marks: 1, marksAt: 'what' });
  });
  it('a quarter: one line, in smaller letters where that keeps the name whole', () => {
    expect(visit({ name: 'Nilsson, Alva', height: 23 })).toMatchObject({ isOneLine: true, size: 'small' });
  });
  it('an hour: the times too, and marks on a line of their own', () => {
    expect(visit({ height: 95, minutes: 60 })).toMatchObject({ withTimes: true, what: 'code', withMinutes: true });
    expect(visit({ height: 95, marks: 4 })).toMatchObject({ withTimes: false, marks: 4, marksAt: 'foot' });
  });
  it('a family name that does not fit is set smaller rather than broken', () => {
    expect(visit({ name: 'Papadopoulos, Eleni', height: 95 })).toMatchObject({ size: 'tiny', nameLines: 3 });
  });
});

it('a wide column spells the type out', () => {
  expect(visit({ width: 160 })).toMatchObject({ what: 'name', withMinutes: true });
});

it('lanes beside each other give the name the whole width; slivers write it downwards', () => {
  expect(visit({ width: 54 })).toMatchObject({ isNarrow: true, marksAt: 'foot' });
  expect(visit({ width: 30 })).toMatchObject({ isSliver: true, marks: 0 });
});

it('text at 200 % on a card twice as large shows the same', () => {
  expect(visit({ width: 216, height: 94, textScale: 2 })).toEqual(visit({}));
});

it('measures accents as their letters and Chinese as wide', () => {
  expect(textWidth('Chloé', 10)).toBeCloseTo(textWidth('Chloe', 10));
  expect(textWidth('王小明', 10)).toBeGreaterThan(30);
});

it('a block-out says its name where no visit covers it', () => {
  const lunch = { from: 720, until: 780 };
  expect(labelSpot(lunch, [], 12)).toBe(720);
  expect(labelSpot(lunch, [{ from: 725, until: 750 }], 12)).toBe(750);
  expect(labelSpot(lunch, [{ from: 720, until: 775 }], 12)).toBeNull();
});

describe('what has to be cut', () => {
  const fits = (change: { name?: string; width?: number; height?: number }) => {
    const input = { name: 'Rivera, Ana', width: 108, height: 47, ...change };
    return nameFits(visit(input), { ...input, textScale: 1 });
  };
  it('not a name that is whole on its line', () => {
    expect(fits({})).toBe(true);
    expect(fits({ name: 'Osei, Ana', height: 23 })).toBe(true);
  });
  it('a name on two lines, one that may not fit, and any in a lane beside others', () => {
    expect(fits({ name: 'Fitzgerald, Aoife' })).toBe(false);
    expect(fits({ name: 'Papadopoulos-Constantinou, Eleni', height: 15 })).toBe(false);
    expect(fits({ width: 60 })).toBe(false);
  });
});

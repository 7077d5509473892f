import { describe, expect, it } from 'vitest';
import { card, drawnColumns } from './gestures/scene.test-kit';
import { DATE } from './stories/fixtures';
import { rememberingLayout } from './layout';

const { columns, find } = drawnColumns(DATE);

describe('a layout that remembers', () => {
  const ana = card('ana op-1 9:00 40');
  const kofi = card('kofi op-1 10:00 40');
  const yuki = card('yuki op-2 9:00 40');
  const eva = card('eva op-3 9:00 40');

  it('redraws only the two columns of a visit that moved', () => {
    const layOut = rememberingLayout();
    const before = layOut(columns, [ana, kofi, yuki, eva], find);
    const after = layOut(columns, [{ ...ana, operatory: 'op-2', start_minute: 600 }, kofi, yuki, eva], find);
    expect(after.get('op-3')).toBe(before.get('op-3'));
    expect(after.get('op-1')).not.toBe(before.get('op-1'));
    expect(after.get('op-2')?.cards.map((placed) => placed.card.id)).toEqual(['yuki', 'ana']);
  });

  it('keeps the placed cards that stand as they stood', () => {
    const layOut = rememberingLayout();
    const before = layOut(columns, [ana, kofi], find).get('op-1')?.cards;
    const after = layOut(columns, [{ ...ana, status: 'arrived' }, kofi], find).get('op-1')?.cards;
    expect(after?.[1]).toBe(before?.[1]);
    expect(after?.[0]).not.toBe(before?.[0]);
  });

  it('reads in the order of time, then lane', () => {
    const placed = rememberingLayout()(columns, [kofi, card('zoe op-1 9:00 20'), ana], find);
    expect(placed.get('op-1')?.cards.map((each) => each.card.id)).toEqual(['ana', 'zoe', 'kofi']);
  });

  it('leaves out visits of operatories that are not shown', () => {
    const placed = rememberingLayout()(columns, [card('far op-9 9:00 20')], find);
    expect([...placed.values()].flatMap((column) => column.cards)).toEqual([]);
  });
});

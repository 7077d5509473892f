/** What an applied template reserves in a column: where it lies, and in which lane where two slots meet. Pure. */

import type { MinuteSpan, SlotCard } from '../../desk/api';
import type { ColumnKind } from '../columns';
import { packLanes } from './lanes';
import { cut } from './spans';

export interface SlotPiece {
  slot: SlotCard;
  span: MinuteSpan;
  lane: number;
  of: number;
}

/** Slots of an operatory, or of a provider wherever they work. A whole location has too many at once to mean anything. */
export function slotPieces(slots: readonly SlotCard[], column: { kind: ColumnKind; of: string }, range: MinuteSpan): SlotPiece[] {
  if (column.kind === 'location') return [];
  const own = slots.filter((slot) => (column.kind === 'operatory' ? slot.operatory : slot.provider) === column.of);
  const lanes = packLanes(
    own.map((slot) => ({ id: slot.id, start: slot.start_minute, end: slot.start_minute + slot.length_minutes, yields: false })),
  );
  return own
    .flatMap((slot): SlotPiece[] => {
      const span = cut({ from: slot.start_minute, until: slot.start_minute + slot.length_minutes }, range);
      const { lane, of } = lanes.get(slot.id) ?? { lane: 0, of: 1 };
      return span ? [{ slot, span, lane, of }] : [];
    })
    .sort((a, b) => a.span.from - b.span.from || a.lane - b.lane);
}

/**
 * The day sheet as columns of placed cards, remembered from one drawing to the next: a column whose visits did not change
 * is the same object again, so moving one visit redraws two columns and nothing else.
 */

import type { AppointmentCard } from '../desk/api';
import type { Finder } from './columns';
import { packLanes } from './geometry/lanes';
import { isBroken } from './geometry/spans';
import type { NavCard } from './navigation';

export interface PlacedCard {
  card: AppointmentCard;
  lane: number;
  of: number;
  span: number;
}

export interface PlacedColumn {
  id: string;
  /** In the order of start, then lane: the order of reading and of the arrows. */
  cards: readonly PlacedCard[];
  nav: readonly NavCard[];
}

function placeColumn(id: string, cards: readonly AppointmentCard[], before: PlacedColumn | undefined): PlacedColumn {
  if (before && sameCards(before.cards, cards)) return before;
  const lanes = packLanes(
    cards.map((card) => ({
      id: card.id,
      start: card.start_minute,
      end: card.start_minute + card.length_minutes,
      yields: isBroken(card),
    })),
  );
  const old = new Map(before?.cards.map((placed) => [placed.card.id, placed]));
  const placed = cards.map((card): PlacedCard => {
    const { lane, of, span } = lanes.get(card.id) ?? { lane: 0, of: 1, span: 1 };
    const was = old.get(card.id);
    return was && was.card === card && was.lane === lane && was.of === of && was.span === span
      ? was
      : { card, lane, of, span };
  });
  placed.sort((a, b) => a.card.start_minute - b.card.start_minute || a.lane - b.lane);
  const nav = placed.map(({ card, lane }) => ({
    id: card.id,
    start: card.start_minute,
    end: card.start_minute + card.length_minutes,
    lane,
  }));
  return { id, cards: placed, nav };
}

function sameCards(placed: readonly PlacedCard[], cards: readonly AppointmentCard[]): boolean {
  if (placed.length !== cards.length) return false;
  const before = new Set(placed.map((each) => each.card));
  return cards.every((card) => before.has(card));
}

/** A layout that remembers. One per sheet on the screen. */
export function rememberingLayout(): (
  columns: readonly { id: string }[],
  cards: readonly AppointmentCard[],
  find: Finder,
) => Map<string, PlacedColumn> {
  let before = new Map<string, PlacedColumn>();
  return (columns, cards, find) => {
    const byColumn = new Map<string, AppointmentCard[]>(columns.map((column) => [column.id, []]));
    for (const card of cards) {
      const column = find.columnOf(card);
      if (column !== undefined) byColumn.get(column)?.push(card);
    }
    const next = new Map<string, PlacedColumn>();
    for (const [id, own] of byColumn) next.set(id, placeColumn(id, own, before.get(id)));
    before = next;
    return next;
  };
}

/** Where a provider is needed beside the first one of a visit: it stands in the first one's column, and is told in theirs. Pure. */

import type { AppointmentCard, MinuteSpan } from '../../desk/api';
import type { Column } from '../columns';
import { isBroken, patternRuns } from './spans';

export interface LookIn {
  card: AppointmentCard;
  span: MinuteSpan;
}

/** For a provider's column, by time; none for other columns. */
export function looksIn(visits: readonly AppointmentCard[], column: Pick<Column, 'kind' | 'of' | 'date' | 'location'>): LookIn[] {
  if (column.kind !== 'provider') return [];
  return visits
    .filter((card) => card.second_provider === column.of && card.date === column.date && card.location === column.location && !isBroken(card))
    .flatMap((card) =>
      patternRuns(card.second_pattern ?? '', card.length_minutes)
        .filter((run) => run.needsProvider)
        .map((run) => ({ card, span: { from: card.start_minute + run.from, until: card.start_minute + run.until } })),
    )
    .sort((a, b) => a.span.from - b.span.from);
}

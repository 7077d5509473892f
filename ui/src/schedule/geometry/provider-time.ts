/** When a provider is needed on a day (the `X` units of their visits, also as second provider), and when by two visits at once. Pure. */

import type { AppointmentCard, MinuteSpan } from '../../desk/api';
import { isBroken, merge, patternRuns } from './spans';

export interface ProviderTime {
  needed: MinuteSpan[];
  /** Needed by two visits at once. */
  clashes: MinuteSpan[];
  minutes: number;
}

/** As many as there is room for, in their order: whoever is needed twice at once is never left out for somebody who is not. */
export function chosenBars<T extends { time: ProviderTime }>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  const clashing = all.filter(({ time }) => time.clashes.length > 0);
  const others = all.filter(({ time }) => time.clashes.length === 0);
  const chosen = new Set([...clashing, ...others].slice(0, most));
  return all.filter((one) => chosen.has(one));
}

type Visit = Pick<AppointmentCard, 'provider' | 'pattern' | 'start_minute' | 'length_minutes' | 'status' | 'second_provider' | 'second_pattern'>;

/** The pattern by which a provider is needed, as first or as second one. */
const patternOf = (card: Visit, provider: string): string | undefined =>
  card.provider === provider ? card.pattern : card.second_provider === provider ? card.second_pattern : undefined;

export function providerTime(visits: readonly Visit[], provider: string): ProviderTime {
  const all: MinuteSpan[] = [];
  const clashes: MinuteSpan[] = [];
  for (const card of visits) {
    const pattern = patternOf(card, provider);
    if (pattern === undefined || isBroken(card)) continue;
    const own = patternRuns(pattern, card.length_minutes)
      .filter((run) => run.needsProvider)
      .map((run) => ({ from: card.start_minute + run.from, until: card.start_minute + run.until }));
    for (const span of own) {
      for (const other of all) {
        const from = Math.max(span.from, other.from);
        const until = Math.min(span.until, other.until);
        if (from < until) clashes.push({ from, until });
      }
    }
    all.push(...own);
  }
  const needed = merge(all);
  return { needed, clashes: merge(clashes), minutes: needed.reduce((sum, span) => sum + span.until - span.from, 0) };
}

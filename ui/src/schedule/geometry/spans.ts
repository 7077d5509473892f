/** Spans of minutes: cutting block-outs to the sheet, and the closed hours between the open ones. */

import type { AppointmentCard, BlockCard, MinuteSpan, RosterView } from '../../desk/api';
import type { ColumnKind } from '../columns';

/** The part of a span that lies within another; null when nothing does. */
export function cut(span: MinuteSpan, within: MinuteSpan): MinuteSpan | null {
  const from = Math.max(span.from, within.from);
  const until = Math.min(span.until, within.until);
  return from < until ? { from, until } : null;
}

/** Sorted, touching and overlapping spans made one. */
export function merge(spans: readonly MinuteSpan[]): MinuteSpan[] {
  const merged: MinuteSpan[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    if (span.until <= span.from) continue;
    const last = merged[merged.length - 1];
    if (last && span.from <= last.until) last.until = Math.max(last.until, span.until);
    else merged.push({ ...span });
  }
  return merged;
}

/** What `spans` leave of `within`: the closed hours, when `spans` are the open ones. */
export function gaps(spans: readonly MinuteSpan[], within: MinuteSpan): MinuteSpan[] {
  const left: MinuteSpan[] = [];
  let at = within.from;
  for (const span of merge(spans)) {
    const inside = cut(span, within);
    if (!inside) continue;
    if (inside.from > at) left.push({ from: at, until: inside.from });
    at = Math.max(at, inside.until);
  }
  if (at < within.until) left.push({ from: at, until: within.until });
  return left;
}

/** `spans` without `taken`. */
export function subtract(spans: readonly MinuteSpan[], taken: readonly MinuteSpan[]): MinuteSpan[] {
  return merge(spans).flatMap((span) => gaps(taken, span));
}

/** A block-out as one column shows it. */
export interface BlockPiece {
  block: BlockCard;
  span: MinuteSpan;
  /** It goes on above or below what the sheet shows. */
  continuesBefore: boolean;
  continuesAfter: boolean;
}

/** Block-outs of one column, cut to the grid: its own, its provider's, and the whole location's. */
export function cutBlocks(
  blocks: readonly BlockCard[],
  column: { kind: ColumnKind; of: string; provider: string | null },
  range: MinuteSpan,
): BlockPiece[] {
  const pieces: BlockPiece[] = [];
  for (const block of blocks) {
    const concerns =
      block.target.kind === 'location' ||
      (block.target.kind === 'operatory' && column.kind === 'operatory' && block.target.id === column.of) ||
      (block.target.kind === 'provider' && block.target.id === column.provider);
    if (!concerns) continue;
    const whole = { from: block.start_minute, until: block.start_minute + block.length_minutes };
    const span = cut(whole, range);
    if (!span) continue;
    pieces.push({
      block,
      span,
      continuesBefore: whole.from < range.from,
      continuesAfter: whole.until > range.until,
    });
  }
  return pieces.sort((a, b) => a.span.from - b.span.from || (a.block.id < b.block.id ? -1 : 1));
}

/**
 * Where a block-out's name can be read: the first gap that the visits over it leave, at least `minutes` long.
 * Null when they leave none.
 */
export function labelSpot(span: MinuteSpan, over: readonly MinuteSpan[], minutes: number): number | null {
  return gaps(over, span).find((gap) => gap.until - gap.from >= Math.min(minutes, span.until - span.from))?.from ?? null;
}

/** Runs of a time pattern: minutes from the visit's start, and whether the provider is needed (`X`) or not (`/`). */
export interface PatternRun extends MinuteSpan {
  needsProvider: boolean;
}

/** Minutes that one letter of a pattern stands for. */
export const PATTERN_UNIT = 5;

/** A pattern as runs, cut or continued (with its last letter) to the visit's length. Empty pattern: the provider throughout. */
export function patternRuns(pattern: string, lengthMinutes: number): PatternRun[] {
  const runs: PatternRun[] = [];
  const units = Math.max(1, Math.ceil(lengthMinutes / PATTERN_UNIT));
  for (let unit = 0; unit < units; unit += 1) {
    const letter = pattern[Math.min(unit, pattern.length - 1)] ?? 'X';
    const needsProvider = letter !== '/';
    const until = Math.min((unit + 1) * PATTERN_UNIT, lengthMinutes);
    const last = runs[runs.length - 1];
    if (last && last.needsProvider === needsProvider) last.until = until;
    else runs.push({ from: unit * PATTERN_UNIT, until, needsProvider });
  }
  return runs;
}

/** Whether a visit still takes its chair: cancelled and missed ones do not. */
export function isBroken(card: Pick<AppointmentCard, 'status'>): boolean {
  return card.status === 'cancelled' || card.status === 'no_show';
}

/** The hours in which a column's usual provider is away while the location is open; none when it has no usual provider. */
export function providerAway(
  usualProvider: string | null,
  hours: readonly { provider: string; spans: readonly MinuteSpan[] }[],
  open: readonly MinuteSpan[],
  roster: RosterView,
): MinuteSpan[] {
  if (usualProvider === null || !roster.providers.some((provider) => provider.id === usualProvider)) return [];
  const here = hours.find((entry) => entry.provider === usualProvider)?.spans ?? [];
  return subtract(open, here);
}

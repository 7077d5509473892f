/**
 * Lanes for visits that overlap in one operatory: interval graph colouring, then each card widens into lanes that stay free
 * beside it. The order does not depend on the order of the input, so a card does not jump when another one is redrawn.
 */

export interface LaneInput {
  id: string;
  start: number;
  /** One past the last minute. */
  end: number;
  /** Cancelled and missed visits give way: they take what lanes the others leave. */
  yields: boolean;
}

export interface Lane {
  id: string;
  lane: number;
  /** Lanes in this knot of overlapping visits. */
  of: number;
  /** How many lanes the card covers. */
  span: number;
}

/** A visit of no length would be invisible and overlap nothing. */
const SHORTEST = 1;

export function packLanes(visits: readonly LaneInput[]): Map<string, Lane> {
  const placed = new Map<string, Lane>();
  const byStart = [...visits].sort(byStartThenLonger);
  let knot: LaneInput[] = [];
  let knotEnd = -Infinity;
  for (const visit of byStart) {
    if (visit.start >= knotEnd && knot.length > 0) {
      packKnot(knot, placed);
      knot = [];
    }
    knot.push(visit);
    knotEnd = Math.max(knotEnd, endOf(visit));
  }
  if (knot.length > 0) packKnot(knot, placed);
  return placed;
}

function packKnot(knot: readonly LaneInput[], placed: Map<string, Lane>): void {
  const [only] = knot;
  if (knot.length === 1 && only) {
    placed.set(only.id, { id: only.id, lane: 0, of: 1, span: 1 });
    return;
  }
  const lanes: LaneInput[][] = [];
  const laneOf = new Map<string, number>();
  const order = [...knot].sort((a, b) => Number(a.yields) - Number(b.yields) || byStartThenLonger(a, b));
  for (const visit of order) {
    let lane = lanes.findIndex((taken) => !taken.some((other) => overlaps(visit, other)));
    if (lane < 0) lane = lanes.push([]) - 1;
    lanes[lane]?.push(visit);
    laneOf.set(visit.id, lane);
  }
  for (const visit of knot) {
    const lane = laneOf.get(visit.id) ?? 0;
    let end = lane + 1;
    while (end < lanes.length && !lanes[end]?.some((other) => overlaps(visit, other))) end += 1;
    placed.set(visit.id, { id: visit.id, lane, of: lanes.length, span: end - lane });
  }
}

function endOf(visit: LaneInput): number {
  return Math.max(visit.end, visit.start + SHORTEST);
}

function overlaps(a: LaneInput, b: LaneInput): boolean {
  return a.start < endOf(b) && b.start < endOf(a);
}

function byStartThenLonger(a: LaneInput, b: LaneInput): number {
  return a.start - b.start || b.end - a.end || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

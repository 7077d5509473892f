// Bars: as long as they say, never invisible, in the order of the rows.
import { describe, expect, it } from 'vitest';
import type { AnalyticsRow } from '../desk/api';
import { CHARTS, draw, rowsFor } from './figures';

const row = (name: string, more: Partial<AnalyticsRow>): AnalyticsRow => ({
  key: name, name, planned_visits: 0, planned_minutes: 0, booked_visits: 0, booked_minutes: 0, kept_visits: 0, no_shows: 0, cancelled: 0,
  leaked_visits: 0, outside_visits: 0, lead_days: null, holds: 0, unused_holds: 0, doctor_idle_minutes: 0, overrun_minutes: 0, fill_rate: null, ...more,
});
const chart = (key: string) => CHARTS.find((one) => one.key === key)!;

describe('bars', () => {
  it('are measured by the longest', () => {
    const { groups } = draw(chart('visits'), [row('Bonding', { planned_visits: 40, booked_visits: 20 })], 400);
    expect(groups[0]!.bars.map((bar) => bar.width)).toEqual([400, 200, 0]);
  });

  it('of a rate are measured by the whole', () => {
    const { groups } = draw(chart('fill'), [row('Bonding', { fill_rate: 0.25 }), row('Check', { fill_rate: 1.2 })], 400);
    expect(groups.map((group) => group.bars[0]!.width)).toEqual([100, 400]);
  });

  it('are seen however little they are', () => {
    const { groups } = draw(chart('visits'), [row('A', { planned_visits: 10_000 }), row('B', { planned_visits: 1 })], 400);
    expect(groups[1]!.bars[0]!.width).toBe(2);
  });

  it('lie one below the other, and the drawing ends with the last', () => {
    const drawing = draw(chart('visits'), [row('A', { planned_visits: 1 }), row('B', { planned_visits: 1 })], 400);
    const all = drawing.groups.flatMap((group) => group.bars);
    expect(all.every((bar, at) => at === 0 || bar.y >= all[at - 1]!.y + all[at - 1]!.height)).toBe(true);
    expect(drawing.height).toBeGreaterThanOrEqual(all.at(-1)!.y + all.at(-1)!.height);
    expect(draw(chart('visits'), [], 400)).toEqual({ height: 0, groups: [] });
  });
});

it('leaves out rows in which a chart has nothing to show', () => {
  const rows = [row('A', { holds: 2 }), row('B', { planned_visits: 3 })];
  expect(rowsFor(chart('holds'), rows).map((one) => one.name)).toEqual(['A']);
});

it('has a letter of its own for every bar of a chart', () => {
  for (const { series } of CHARTS) expect(new Set(series.map((one) => one.letter)).size).toBe(series.length);
});

/** The figures as charts: which bars, how long, what stands in the table behind each. Pure. */

import type { AnalyticsRow } from '../desk/api';
import { t } from '../words/words';

export interface Series {
  key: string;
  /** Message id. */
  label: string;
  letter: string;
  /** 0–11: colour and pattern. */
  hue: number;
  value: (row: AnalyticsRow) => number;
}

export interface Chart {
  key: string;
  series: readonly Series[];
  /** How a value is written: `12`, `1.5 h`, `83 %`. */
  words: (value: number) => string;
  /** The longest bar; null: whatever is longest. */
  most: number | null;
}

const plain = (value: number): string => String(value);
const hours = (value: number): string => t('hours-short', { hours: Math.round(value / 6) / 10 });
export const percent = (value: number): string => t('percent', { value: Math.round(value * 100) });

export const CHARTS: readonly Chart[] = [
  {
    key: 'visits',
    words: plain,
    most: null,
    series: [
      { key: 'planned', label: 'figure-planned', letter: 'P', hue: 9, value: (row) => row.planned_visits },
      { key: 'booked', label: 'figure-booked', letter: 'B', hue: 6, value: (row) => row.booked_visits },
      { key: 'kept', label: 'figure-kept', letter: 'K', hue: 7, value: (row) => row.kept_visits },
    ],
  },
  {
    key: 'fill',
    words: percent,
    most: 1,
    series: [{ key: 'fill', label: 'figure-fill', letter: 'F', hue: 0, value: (row) => row.fill_rate ?? 0 }],
  },
  {
    key: 'lost',
    words: plain,
    most: null,
    series: [
      { key: 'leaked', label: 'figure-leaked', letter: 'L', hue: 1, value: (row) => row.leaked_visits },
      { key: 'outside', label: 'figure-outside', letter: 'O', hue: 3, value: (row) => row.outside_visits },
      { key: 'missed', label: 'figure-missed', letter: 'N', hue: 4, value: (row) => row.no_shows },
      { key: 'cancelled', label: 'figure-cancelled', letter: 'X', hue: 10, value: (row) => row.cancelled },
    ],
  },
  {
    key: 'doctor',
    words: hours,
    most: null,
    series: [
      { key: 'idle', label: 'figure-idle', letter: 'I', hue: 5, value: (row) => row.doctor_idle_minutes },
      { key: 'overrun', label: 'figure-overrun', letter: 'R', hue: 2, value: (row) => row.overrun_minutes },
    ],
  },
  {
    key: 'holds',
    words: plain,
    most: null,
    series: [
      { key: 'holds', label: 'figure-holds', letter: 'H', hue: 11, value: (row) => row.holds },
      { key: 'unused', label: 'figure-unused', letter: 'U', hue: 8, value: (row) => row.unused_holds },
    ],
  },
];

/** Rows in which a chart has anything to show. */
export const rowsFor = (chart: Chart, rows: readonly AnalyticsRow[]): AnalyticsRow[] =>
  rows.filter((row) => chart.series.some((one) => one.value(row) > 0));

export interface Bar {
  series: Series;
  value: number;
  /** In units of the drawing. */
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Drawing {
  height: number;
  groups: { row: AnalyticsRow; y: number; bars: Bar[] }[];
}

const BAR = 14;
const BAR_GAP = 3;
const GROUP_GAP = 14;

/** Bars across, one below the other, rows in their order. `room`: of the longest bar. */
export function draw(chart: Chart, rows: readonly AnalyticsRow[], room: number): Drawing {
  const values = rows.flatMap((row) => chart.series.map((one) => one.value(row)));
  const most = chart.most ?? Math.max(1, ...values);
  let y = 0;
  const groups = rows.map((row) => {
    const bars = chart.series.map((series, index): Bar => {
      const value = series.value(row);
      // Something that is there is seen, however little it is.
      const width = value <= 0 ? 0 : Math.max(2, Math.min(room, (value / most) * room));
      return { series, value, x: 0, y: y + index * (BAR + BAR_GAP), width, height: BAR };
    });
    const group = { row, y, bars };
    y += chart.series.length * (BAR + BAR_GAP) + GROUP_GAP;
    return group;
  });
  return { height: Math.max(0, y - GROUP_GAP), groups };
}

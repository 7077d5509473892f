/** The columns of the grid: one operatory, one provider or a whole location, each on one day. Pure. */

import type { AppointmentCard, DaySheet, OperatoryView } from '../desk/api';

export type ColumnKind = 'operatory' | 'provider' | 'location';

export interface Column {
  /** Unique on the grid; the same again for the same operatory or provider when the page turns. */
  id: string;
  kind: ColumnKind;
  /** The operatory, provider or location. */
  of: string;
  location: string;
  date: string;
  /** Under the head of its day. */
  name: string;
  /** Where it is, in full: with the day or location where several are on the grid. */
  words: string;
  /** Whose time it is: the provider, or who usually works in the operatory. */
  provider: string | null;
}

/** Operatories of one day. */
export function operatoryColumns(operatories: readonly OperatoryView[], date: string): Column[] {
  return operatories.map((operatory) => ({
    id: operatory.id,
    kind: 'operatory',
    of: operatory.id,
    location: operatory.location,
    date,
    name: operatory.name,
    words: operatory.name,
    provider: operatory.usual_provider,
  }));
}

type Placed = Pick<AppointmentCard, 'operatory' | 'provider' | 'location' | 'date'>;

/** Which column holds a visit. */
export interface Finder {
  /** The column's id; undefined while it is not on the grid. */
  columnOf(card: Placed): string | undefined;
  /** Where the visit would lie if it were on the grid: the same operatory or provider on the first day shown. */
  homeOf(card: Placed): string | undefined;
}

const keyOf = (location: string, date: string, of: string): string => `${location}|${date}|${of}`;

/** Columns are all of one kind. */
export function finder(columns: readonly Column[]): Finder {
  const kind = columns[0]?.kind ?? 'operatory';
  const exact = new Map(columns.map((column) => [keyOf(column.location, column.date, column.of), column.id]));
  const first = new Map<string, string>();
  for (const column of columns) if (!first.has(column.of)) first.set(column.of, column.id);
  const of = (card: Placed): string => card[kind];
  const columnOf = (card: Placed): string | undefined => exact.get(keyOf(card.location, card.date, of(card)));
  return { columnOf, homeOf: (card) => columnOf(card) ?? first.get(of(card)) };
}

/** Columns side by side that share a day and a location. */
export interface ColumnGroup {
  date: string;
  location: string;
  /** Index of the first. */
  first: number;
  count: number;
}

export function groupColumns(columns: readonly Column[]): ColumnGroup[] {
  const groups: ColumnGroup[] = [];
  for (const [at, column] of columns.entries()) {
    const last = groups[groups.length - 1];
    if (last && last.date === column.date && last.location === column.location) last.count += 1;
    else groups.push({ date: column.date, location: column.location, first: at, count: 1 });
  }
  return groups;
}

/** The sheet that a column is cut from. */
export function sheetIndex(sheets: readonly DaySheet[]): (column: Pick<Column, 'location' | 'date'>) => DaySheet | undefined {
  const byKey = new Map(sheets.map((sheet) => [`${sheet.location}|${sheet.date}`, sheet]));
  return (column) => byKey.get(`${column.location}|${column.date}`);
}

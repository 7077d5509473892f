/** Small drawings in a 12 × 12 box: a status is known by its shape, a mark by its sign, never by colour alone. */

import type { AppointmentCard, Status } from '../desk/api';
import { earlyOf } from '../shared/early';

export interface Glyph {
  path: string;
  /** Filled areas rather than strokes. */
  filled?: boolean;
}

export const STATUS_GLYPHS: Record<Status, Glyph> = {
  scheduled: { path: 'M6 2.4a3.6 3.6 0 1 0 0 7.2 3.6 3.6 0 0 0 0-7.2Z' },
  confirmed: { path: 'M6 2a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z', filled: true },
  arrived: { path: 'M2.2 6.6 4.8 9.2 9.8 3' },
  seated: { path: 'M3.4 1.6v5.2h5.4M3.4 6.8v3.8M8.8 6.8v3.8' },
  completed: {
    path: 'M6 .8a5.2 5.2 0 1 0 0 10.4A5.2 5.2 0 0 0 6 .8Zm3 3.9L5.6 8.6a.8.8 0 0 1-1.2 0L2.9 7l1.1-1.1.95 1L7.8 3.7Z',
    filled: true,
  },
  checked_out: { path: 'M.9 6.6 3 8.8 7 3.6M5.4 8.2l.7.7 5-5.3' },
  cancelled: { path: 'M2.8 2.8 9.2 9.2M9.2 2.8 2.8 9.2' },
  no_show: { path: 'M6 1.6a4.4 4.4 0 1 0 0 8.8 4.4 4.4 0 0 0 0-8.8ZM2.9 2.9l6.2 6.2' },
};

export type MarkName = 'conflict' | 'doctor' | 'alert' | 'first' | 'early' | 'asap' | 'note' | 'pending';

export const MARK_GLYPHS: Record<MarkName, Glyph> = {
  conflict: { path: 'M6 .9 11.6 11H.4L6 .9Zm-.7 3.6.2 3.3h1l.2-3.3H5.3Zm.7 4a.75.75 0 1 0 0 1.5.75.75 0 0 0 0-1.5Z', filled: true },
  doctor: { path: 'M4.6 1h2.8v3.6H11v2.8H7.4V11H4.6V7.4H1V4.6h3.6Z', filled: true },
  alert: { path: 'M6 .8a5.2 5.2 0 1 0 0 10.4A5.2 5.2 0 0 0 6 .8Zm-.9 2.2h1.8l-.3 3.9H5.4L5.1 3ZM6 7.7a.9.9 0 1 1 0 1.8.9.9 0 0 1 0-1.8Z', filled: true },
  first: { path: 'M6 .8l1.5 3.5 3.8.3-2.9 2.5.9 3.7L6 8.8l-3.3 2 .9-3.7L.7 4.6l3.8-.3Z', filled: true },
  early: { path: 'M6 1.8a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 0 0 0-8.4ZM6 3.8V6H4' },
  asap: { path: 'M6 10.4V2M2.6 5.3 6 1.9l3.4 3.4' },
  note: { path: 'M1.8 3h8.4M1.8 6h8.4M1.8 9h5' },
  pending: { path: 'M10.2 6A4.2 4.2 0 1 1 8.7 2.8M8.9.9v2.2H6.7' },
};

/** What a card marks, most pressing first. */
export function marksOf(card: AppointmentCard, isPending: boolean): MarkName[] {
  const marks: MarkName[] = [];
  if (card.conflicts.length > 0) marks.push('conflict');
  if (card.doctor_needed) marks.push('doctor');
  if (card.has_alert) marks.push('alert');
  if (isPending) marks.push('pending');
  if (card.is_first_visit) marks.push('first');
  if (earlyOf(card) > 0) marks.push('early');
  if (card.is_asap) marks.push('asap');
  if (card.has_note) marks.push('note');
  return marks;
}

/** Line icons on a 16 px grid, drawn for this program: one path each, stroked in the text's colour. */

import type { Status } from '../desk/api';

export const ICONS = {
  plus: 'M8 3.5v9M3.5 8h9',
  minus: 'M3.5 8h9',
  move: 'M8 2v12M2 8h12M8 2 6.2 3.8M8 2l1.8 1.8M8 14l-1.8-1.8M8 14l1.8-1.8M2 8l1.8-1.8M2 8l1.8 1.8M14 8l-1.8-1.8M14 8l-1.8 1.8',
  forward: 'M3 4.5 6.5 8 3 11.5M8.5 4.5 12 8l-3.5 3.5',
  edit: 'M3 13l.7-2.8 7-7a1.3 1.3 0 0 1 1.9 0l.2.2a1.3 1.3 0 0 1 0 1.9l-7 7L3 13z',
  person: 'M8 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 0 0 8 8zM3 13.5c.6-2.4 2.5-3.6 5-3.6s4.4 1.2 5 3.6',
  sooner: 'M8 14A6 6 0 1 0 8 2M8 5v3.2l2 1.3M2.2 6.3A6 6 0 0 0 2 8M4.2 12.6a6 6 0 0 1-1.6-2',
  block: 'M2.5 4.5h11v7h-11zM2.5 8l3.5-3.5M4.5 11.5l7-7M9 11.5l4.5-4.5',
  eye: 'M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8zM8 9.7a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4z',
  covered: 'M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8zM2.8 13.2l10.4-10.4',
  calendar: 'M2.5 4h11v9.5h-11zM2.5 7h11M5.5 2.2V5M10.5 2.2V5',
  left: 'M9.8 3.5 5.3 8l4.5 4.5',
  right: 'M6.2 3.5 10.7 8l-4.5 4.5',
  down: 'M3.5 6 8 10.5 12.5 6',
  warning: 'M8 2.2 14.3 13H1.7L8 2.2zM8 6.3v3.2M8 11.2v.3',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.4 10.4 13.8 13.8',
  undo: 'M5.5 3 2.5 6l3 3M2.8 6h6.4a3.8 3.8 0 0 1 0 7.6H6',
  redo: 'M10.5 3l3 3-3 3M13.2 6H6.8a3.8 3.8 0 0 0 0 7.6H10',
  rail: 'M2.2 3h11.6v10H2.2zM6 3v10',
  inspector: 'M2.2 3h11.6v10H2.2zM10 3v10',
  theme: 'M8 2.2a5.8 5.8 0 1 0 0 11.6zM8 2.2a5.8 5.8 0 0 1 0 11.6',
  rows: 'M2.5 4h11M2.5 8h11M2.5 12h11',
  settings: 'M3 4.5h5.5M11.5 4.5H13M10 3v3M3 11.5h1.5M7.5 11.5H13M6 10v3',
  import: 'M8 2.5v7.2M5.2 7 8 9.8 10.8 7M2.8 10.5v3h10.4v-3',
  export: 'M8 10V2.8M5.2 5.6 8 2.8l2.8 2.8M2.8 10.5v3h10.4v-3',
  workstation: 'M2.2 3h11.6v7.5H2.2zM5.5 13.5h5M8 10.5v3',
  sync: 'M13.2 7A5.3 5.3 0 0 0 3.6 5M2.8 2.6V5.4h2.8M2.8 9a5.3 5.3 0 0 0 9.6 2M13.2 13.4v-2.8h-2.8',
  help: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM6.2 6.3A1.8 1.8 0 1 1 8 8.3v.9M8 11.2v.3',
  phone: 'M5.2 2.6 6.6 5.5 5.3 6.8a7.6 7.6 0 0 0 3.9 3.9l1.3-1.3 2.9 1.4v2.1a.9.9 0 0 1-1 .9A10.4 10.4 0 0 1 2.2 3.6a.9.9 0 0 1 .9-1z',
  close: 'M4 4l8 8M12 4l-8 8',
  check: 'M3 8.5 6.3 12 13 4.5',
  place: 'M8 14s4.6-4.2 4.6-7.5a4.6 4.6 0 1 0-9.2 0C3.4 9.8 8 14 8 14zM8 8.2a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2z',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 5v3.2l2.2 1.3',
  note: 'M3.5 2.5h9v11h-9zM5.8 6h4.4M5.8 8.5h4.4M5.8 11h2.5',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  key: 'M5 10.7a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4zM7.7 8h5.8v2.2M11 8v1.8',
  pinboard: 'M2.5 3h11v10h-11zM8 6.4a1 1 0 1 0 0-2 1 1 0 0 0 0 2zM8 6.4v4',
  pin: 'M2.5 4.5h11v7h-11zM5.2 8h.1M8 8h.1M10.8 8h.1',
  lock: 'M3.5 7.2h9v6.3h-9zM5.5 7.2V5.3a2.5 2.5 0 0 1 5 0v1.9',
} as const;

/** A drawing of this file, or the sign of a status as the day sheet draws it. */
export type IconName = keyof typeof ICONS | `status-${Status}`;

/**
 * Other calendars, painting the same scenes. FullCalendar's resource columns are not free: a day's columns and a week's days are
 * as many plain days to it, which is the same number of columns and visits.
 */

import { Calendar } from 'peer:fullcalendar';
import 'peer:fullcalendar/skeleton.css';
import 'peer:fullcalendar/themes/classic/theme.css';
import 'peer:fullcalendar/themes/classic/palette.css';
import fullDayGrid from 'peer:fullcalendar/daygrid';
import fullInteraction from 'peer:fullcalendar/interaction';
import fullClassic from 'peer:fullcalendar/themes/classic';
import fullTimeGrid from 'peer:fullcalendar/timegrid';
import { createCalendar, DayGrid, destroyCalendar, Interaction, ResourceTimeGrid } from 'peer:event-calendar';
import 'peer:event-calendar/index.css';
import { addDays } from '../shared/dates';
import type { Figures } from './own';
import { COLUMNS, grid, MONDAY, MONTH, plainEvents, plainMonth } from './scenes';
import { timed } from './stopwatch';

const nodesIn = (target: HTMLElement): number => target.querySelectorAll('*').length;

export async function fullGrid(target: HTMLElement, days: number, visits: number): Promise<Figures> {
  const scene = plainEvents(grid(days, visits));
  const events = scene.map((event) => {
    const day = (Date.parse(event.date) - Date.parse(MONDAY)) / 86_400_000;
    const date = addDays(MONDAY, day * COLUMNS + event.lane);
    return { id: event.id, title: event.title, start: `${date}T${event.start}`, end: `${date}T${event.end}` };
  });
  let calendar: InstanceType<typeof Calendar> | null = null;
  const paint = await timed(() => {
    calendar = new Calendar(target, {
      plugins: [fullTimeGrid, fullInteraction, fullClassic],
      initialView: 'timeGrid',
      duration: { days: days * COLUMNS },
      initialDate: MONDAY,
      slotMinTime: '07:00',
      slotMaxTime: '18:00',
      slotDuration: '00:10',
      allDaySlot: false,
      headerToolbar: false,
      editable: true,
      height: '100%',
      events,
    });
    calendar.render();
  });
  const nodes = nodesIn(target);
  const first = events[0]?.id ?? '';
  const move = await timed(() => calendar!.getEventById(first)?.moveDates({ minutes: 30 }));
  calendar!.destroy();
  return { paint, move, drag: null, nodes };
}

export async function fullMonth(target: HTMLElement, visits: number): Promise<Figures> {
  const events = plainMonth(visits).map((event) => ({ id: event.id, title: event.title, start: `${event.date}T${event.start}`, end: `${event.date}T${event.end}` }));
  let calendar: InstanceType<typeof Calendar> | null = null;
  const paint = await timed(() => {
    calendar = new Calendar(target, {
      plugins: [fullDayGrid, fullInteraction, fullClassic],
      initialView: 'dayGridMonth',
      initialDate: MONTH,
      headerToolbar: false,
      dayMaxEvents: true,
      height: '100%',
      events,
    });
    calendar.render();
  });
  const nodes = nodesIn(target);
  calendar!.destroy();
  return { paint, move: null, drag: null, nodes };
}

export async function eventGrid(target: HTMLElement, days: number, visits: number): Promise<Figures> {
  const events = plainEvents(grid(days, visits)).map((event) => ({
    id: event.id, title: event.title, resourceId: `op-${event.lane}`, start: `${event.date}T${event.start}`, end: `${event.date}T${event.end}`,
  }));
  let calendar: ReturnType<typeof createCalendar> | null = null;
  const paint = await timed(() => {
    calendar = createCalendar(target, [ResourceTimeGrid, Interaction], {
      view: days === 1 ? 'resourceTimeGridDay' : 'resourceTimeGridWeek',
      date: MONDAY,
      firstDay: 1,
      slotMinTime: '07:00',
      slotMaxTime: '18:00',
      slotDuration: '00:10',
      allDaySlot: false,
      headerToolbar: { start: '', center: '', end: '' },
      editable: true,
      height: '100%',
      resources: Array.from({ length: COLUMNS }, (_, at) => ({ id: `op-${at}`, title: `Op ${at + 1}` })),
      events,
    });
  });
  const nodes = nodesIn(target);
  const first = events[0];
  const move = await timed(() => first && calendar!.updateEvent({ ...first, start: first.start.replace(/T\d\d/, 'T16'), end: first.end.replace(/T\d\d/, 'T17') }));
  await destroyCalendar(calendar);
  return { paint, move, drag: null, nodes };
}

export async function eventMonth(target: HTMLElement, visits: number): Promise<Figures> {
  const events = plainMonth(visits).map((event) => ({ id: event.id, title: event.title, start: `${event.date}T${event.start}`, end: `${event.date}T${event.end}` }));
  let calendar: ReturnType<typeof createCalendar> | null = null;
  const paint = await timed(() => {
    calendar = createCalendar(target, [DayGrid, Interaction], {
      view: 'dayGridMonth',
      date: MONTH,
      firstDay: 1,
      headerToolbar: { start: '', center: '', end: '' },
      dayMaxEvents: true,
      height: '100%',
      events,
    });
  });
  const nodes = nodesIn(target);
  await destroyCalendar(calendar);
  return { paint, move: null, drag: null, nodes };
}

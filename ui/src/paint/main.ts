/** The page of the painting figures: `tests/peers/paint.mjs` asks it, in Chromium and in WebKitGTK. */

import '../base.css';
import { type Figures, paintGrid, paintMonth } from './own';
import { eventGrid, eventMonth, fullGrid, fullMonth } from './peers';

/** What is painted: so many days of visits, or a month of them. */
const SCENES = { day: [1, 150], week: [7, 100], month: [0, 2500] } as const;
const WHO = {
  own: [paintGrid, paintMonth],
  fullcalendar: [fullGrid, fullMonth],
  eventcalendar: [eventGrid, eventMonth],
} as const;

const target = document.getElementById('app');
if (!target) throw new Error('the page has no #app');

async function paint(who: keyof typeof WHO, scene: keyof typeof SCENES): Promise<Figures> {
  const [days, visits] = SCENES[scene];
  const [grid, month] = WHO[who];
  const room = document.createElement('div');
  room.style.height = '100%';
  target!.replaceChildren(room);
  // What the former scene left to be cleared away is not this one's.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const figures = days === 0 ? await month(room, visits) : await grid(room, days, visits);
  target!.replaceChildren();
  return figures;
}

void document.fonts.ready.then(() => Object.assign(window, { paint }));

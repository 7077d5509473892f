/** Our own calendar, painted. */

import { flushSync, mount, unmount } from 'svelte';
import { deskOver } from '../desk/client';
import { fixtureHost } from '../desk/fixture/host';
import { Mirror } from '../desk/mirror.svelte';
import MonthView from '../month/MonthView.svelte';
import InView from '../shell/InView.svelte';
import { View } from '../shell/view.svelte';
import Scene from './Scene.svelte';
import { grid, MONTH, month } from './scenes';
import { percentile, timed } from './stopwatch';

export interface Figures {
  paint: number;
  /** One visit moved; null where the view shows none. */
  move: number | null;
  /** Frames of a drag over the grid, 95th of 100. */
  drag: number | null;
  nodes: number;
}

const nodesIn = (target: HTMLElement): number => target.querySelectorAll('*').length;

export async function paintGrid(target: HTMLElement, days: number, visits: number): Promise<Figures> {
  const scene = grid(days, visits);
  let shown: ReturnType<typeof mount> & { moveOne?: (by: number) => void } = {};
  const paint = await timed(
    () => {
      shown = mount(Scene, { target, props: { scene } });
      flushSync();
    },
    // The grid measures its room first: what counts is when its visits are there.
    () => target.querySelector('[data-card]') !== null,
  );
  const nodes = nodesIn(target);
  const moves: number[] = [];
  for (let each = 0; each < 7; each += 1) {
    moves.push(await timed(() => {
      shown.moveOne?.(each % 2 === 0 ? 30 : -30);
      flushSync();
    }));
  }
  const drag = await dragOver(target);
  await unmount(shown);
  return { paint, move: percentile(moves, 0.5), drag, nodes };
}

/** A visit is taken and led over the grid: each move until its frame is done. Browsers, too, tell of a pointer's moves at the beginning of a frame. */
async function dragOver(target: HTMLElement): Promise<number> {
  const card = target.querySelector<HTMLElement>('[data-card]');
  const canvas = target.querySelector<HTMLElement>('[data-canvas]');
  if (!card || !canvas) return Number.NaN;
  const box = card.getBoundingClientRect();
  const send = (type: string, x: number, y: number): void => {
    const at = type === 'pointerdown' ? card : canvas;
    at.dispatchEvent(new PointerEvent(type, {
      bubbles: true, cancelable: true, pointerId: 1, pointerType: 'mouse', isPrimary: true, button: 0, buttons: type === 'pointerup' ? 0 : 1, clientX: x, clientY: y,
    }));
  };
  // An invented pointer cannot be captured.
  canvas.setPointerCapture = () => {};
  canvas.releasePointerCapture = () => {};
  const [x, y] = [box.left + box.width / 2, box.top + 8];
  send('pointerdown', x, y);
  const frames: number[] = [];
  for (let step = 1; step <= 60; step += 1) frames.push(await timed(() => send('pointermove', x + step * 8, y + (step % 20) * 12)));
  await timed(() => send('pointercancel', x, y));
  return percentile(frames, 0.95);
}

export async function paintMonth(target: HTMLElement, visits: number): Promise<Figures> {
  const days = month(visits);
  const host = fixtureHost({ scene: 'calm' });
  const answers = { ...host, call: (name: string, request: unknown) => (name === 'month_density' ? Promise.resolve({ days }) : host.call(name, request)) };
  const mirror = new Mirror(deskOver(answers));
  await mirror.start();
  const view = new View(mirror);
  view.begin();
  view.date = MONTH;
  view.showing.span = 'month';
  let shown: ReturnType<typeof mount> = {};
  const paint = await timed(
    () => {
      shown = mount(InView, { target, props: { view, component: MonthView as never, inner: {} } });
      flushSync();
    },
    () => target.querySelector('.figures') !== null,
  );
  const nodes = nodesIn(target);
  await unmount(shown);
  mirror.stop();
  return { paint, move: null, drag: null, nodes };
}

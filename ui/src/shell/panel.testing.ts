/** Mounts a component inside a view over the invented clinic. */

import { render } from '@testing-library/svelte';
import type { Component } from 'svelte';
import type { Commands } from '../desk/api';
import { deskOver } from '../desk/client';
import { fixtureHost } from '../desk/fixture/host';
import { Mirror } from '../desk/mirror.svelte';
import InView from './InView.svelte';
import { View } from './view.svelte';

export interface Asked {
  name: keyof Commands;
  request: unknown;
}

/** A view over the fixture, with what was asked of the desk, and a way to make the desk slow: what is held is answered when let go. */
export async function openView(scene = ''): Promise<{ view: View; asked: Asked[]; hold: (name: keyof Commands) => () => void }> {
  const host = fixtureHost({ scene });
  const asked: Asked[] = [];
  const held = new Map<string, Promise<void>>();
  const hold = (name: keyof Commands): (() => void) => {
    let letGo = (): void => {};
    held.set(name, new Promise((resolve) => (letGo = resolve)));
    return letGo;
  };
  const mirror = new Mirror(
    deskOver({
      ...host,
      call: async (name, request) => {
        asked.push({ name: name as keyof Commands, request: structuredClone(request) });
        await held.get(name);
        return host.call(name, request);
      },
    }),
  );
  await mirror.start();
  const view = new View(mirror);
  view.begin();
  await view.show();
  return { view, asked, hold };
}

export function mountIn<Props extends Record<string, unknown>>(view: View, component: Component<Props>, props: Props) {
  return render(InView, { props: { view, component: component as never, inner: props } });
}

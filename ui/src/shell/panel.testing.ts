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

/** A view over the fixture, with what was asked of the desk. */
export async function openView(scene = ''): Promise<{ view: View; asked: Asked[] }> {
  const host = fixtureHost({ scene });
  const asked: Asked[] = [];
  const mirror = new Mirror(
    deskOver({
      ...host,
      call: (name, request) => {
        asked.push({ name: name as keyof Commands, request: structuredClone(request) });
        return host.call(name, request);
      },
    }),
  );
  await mirror.start();
  const view = new View(mirror);
  view.begin();
  await view.show();
  return { view, asked };
}

export function mountIn<Props extends Record<string, unknown>>(view: View, component: Component<Props>, props: Props) {
  return render(InView, { props: { view, component: component as never, inner: props } });
}

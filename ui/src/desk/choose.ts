/** Which desk this page talks to: the program around it, a bridge, or the invented clinic of the fixture. */

import { bridgeAddress, bridgeHost } from './bridge';
import { deskOver, type Desk } from './client';
import { isTauri, tauriHost } from './tauri';

export async function chooseDesk(search: string = location.search): Promise<Desk> {
  if (isTauri()) return deskOver(tauriHost);
  const query = new URLSearchParams(search);
  const bridge = bridgeAddress(search, import.meta.env.VITE_BRIDGE as string | undefined);
  if (bridge) return deskOver(bridgeHost(bridge));
  // The invented clinic is no part of the product: its builds leave it out; `--mode screens` is for tests.
  if (import.meta.env.DEV || import.meta.env.VITE_FIXTURE) {
    const { fixtureHost } = await import('./fixture/host');
    return deskOver(fixtureHost({ scene: query.get('fixture') ?? '' }));
  }
  throw new Error('This page is the screen of Orca Front Desk and needs the program around it.');
}

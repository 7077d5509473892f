/** The desk behind the window it runs in. The only file that may import `@tauri-apps`. */

import { invoke, isTauri } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { getCurrentWindow } from '@tauri-apps/api/window';
import type { Event } from './api';
import type { Host } from './host';

export { isTauri };

export const tauriHost: Host = {
  kind: 'tauri',
  call: (name, request) => invoke('call', { name, request }),
  subscribe: (onEvents) => listen<Event[]>('desk-event', (message) => onEvents(message.payload)),
};

/** The window's title never names a patient. Where titles may not be set, the fixed one stays. */
export function setWindowTitle(title: string): void {
  getCurrentWindow()
    .setTitle(title)
    .catch(() => {});
}

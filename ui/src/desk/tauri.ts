/** The desk behind the window it runs in. The only file that may import `@tauri-apps`. */

import { invoke, isTauri } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { Event } from './api';
import type { Host } from './host';

export { isTauri };

export const tauriHost: Host = {
  kind: 'tauri',
  call: (name, request) => invoke('call', { name, request }),
  async saveFile(name, text) {
    const answer = await invoke<{ saved: boolean }>('call', {
      name: 'shell_save_file',
      request: { suggested_name: name, contents: text },
    });
    return answer.saved;
  },
  async savePdf(name, pdf) {
    const answer = await invoke<{ saved: boolean }>('call', {
      name: 'shell_save_pdf',
      request: { suggested_name: name, pdf },
    });
    return answer.saved;
  },
  async chooseFolder() {
    const answer = await invoke<{ folder: string | null }>('call', { name: 'shell_choose_folder', request: {} });
    return answer.folder;
  },
  async print() {
    await invoke('call', { name: 'shell_print', request: {} });
  },
  subscribe: (onEvents) => listen<Event[]>('desk-event', (message) => onEvents(message.payload)),
};

/** The desk behind a loopback HTTP bridge: the same commands, for tests and development in a browser. */

import type { Event } from './api';
import { downloadFile, downloadPdf } from './download';
import type { Host } from './host';

export interface BridgeAddress {
  /** `http://127.0.0.1:4173`, without a slash at the end. */
  base: string;
  token: string;
}

/** From `?bridge=http://127.0.0.1:PORT&token=…`, else from `VITE_BRIDGE` in the same form. */
export function bridgeAddress(search: string, fromBuild: string | undefined): BridgeAddress | null {
  const query = new URLSearchParams(search);
  const asked = query.get('bridge');
  if (asked) return { base: asked.replace(/\/+$/, ''), token: query.get('token') ?? '' };
  if (!fromBuild) return null;
  const url = new URL(fromBuild);
  const token = url.searchParams.get('token') ?? '';
  return { base: url.origin, token };
}

export function bridgeHost({ base, token }: BridgeAddress): Host {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (token) headers['x-bridge-token'] = token;
  return {
    kind: 'bridge',
    async call(name, request) {
      const response = await fetch(`${base}/call/${name}`, { method: 'POST', headers, body: JSON.stringify(request) });
      const body: unknown = await response.json();
      if (!response.ok) throw body;
      return body;
    },
    saveFile: downloadFile,
    savePdf: downloadPdf,
    print: async () => window.print(),
    subscribe(onEvents, onGap) {
      const url = token ? `${base}/events?token=${encodeURIComponent(token)}` : `${base}/events`;
      const source = new EventSource(url);
      let wasOpen = false;
      source.onmessage = (message: MessageEvent<string>) => {
        const payload = JSON.parse(message.data) as Event | Event[];
        onEvents(Array.isArray(payload) ? payload : [payload]);
      };
      return new Promise((resolve) => {
        const stop = () => source.close();
        source.onopen = () => {
          // The stream has no memory: after a break something may have been missed.
          if (wasOpen) onGap();
          wasOpen = true;
          resolve(stop);
        };
        // The browser tries again by itself; the screen starts meanwhile and hydrates on the first open.
        source.onerror = () => resolve(stop);
      });
    },
  };
}

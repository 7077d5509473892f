/** Typed calls: the table of commands in `api.ts` decides what goes in and what comes out. */

import type { Commands } from './api';
import { failureOf, type Host } from './host';

export type Desk = {
  readonly host: Host;
  call<K extends keyof Commands>(name: K, request: Commands[K]['request']): Promise<Commands[K]['response']>;
};

export function deskOver(host: Host): Desk {
  return {
    host,
    async call(name, request) {
      try {
        return (await host.call(name, request)) as never;
      } catch (thrown) {
        throw failureOf(thrown);
      }
    },
  };
}

/** The empty request. */
export const nothing = {} as Record<symbol, never>;

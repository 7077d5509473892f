/** The densities of a stretch of days, asked again when visits change. Made in a component: it lives as long as that. */

import { untrack } from 'svelte';
import type { DayDensity, ViewBy } from '../desk/api';
import type { Mirror } from '../desk/mirror.svelte';
import { sumDays } from './density';

export interface Wanted {
  locations: readonly string[];
  from: string;
  until: string;
  by: ViewBy | null;
  /** Only these parts count; empty: all. */
  chosen: readonly string[];
}

/** A burst of changes asks once. */
const SETTLE_MS = 250;

export class Densities {
  days = $state.raw<ReadonlyMap<string, DayDensity>>(new Map());

  constructor(mirror: Mirror, wanted: () => Wanted | null) {
    $effect(() => {
      const asked = wanted();
      // A change of any visit may change a day.
      void mirror.revision;
      if (!asked) return;
      let isCurrent = true;
      const isKnown = untrack(() => this.days.has(asked.from));
      const timer = setTimeout(
        () =>
          void this.#ask(mirror, asked).then(
            (days) => {
              if (isCurrent) this.days = days;
            },
            // Without densities the month is still a calendar; the next change asks again.
            () => {},
          ),
        isKnown ? SETTLE_MS : 0,
      );
      return () => {
        isCurrent = false;
        clearTimeout(timer);
      };
    });
  }

  async #ask(mirror: Mirror, { locations, from, until, by, chosen }: Wanted): Promise<Map<string, DayDensity>> {
    const answers = await Promise.all(locations.map((location) => mirror.desk.call('month_density', { location, from, until, by })));
    const byDate = new Map<string, DayDensity[]>();
    for (const day of answers.flatMap((answer) => answer.days)) byDate.set(day.date, [...(byDate.get(day.date) ?? []), day]);
    return new Map([...byDate].flatMap(([date, days]) => [[date, sumDays(days, chosen)] as const]).filter((entry): entry is [string, DayDensity] => entry[1] !== undefined));
  }
}

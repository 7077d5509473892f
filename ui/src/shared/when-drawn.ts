import { tick } from 'svelte';

/**
 * Once what was just changed is in the page, and before the next key is heard. The focus is given then and not in the next frame: on a
 * busy computer that may come so late that it would take the focus from where somebody has gone meanwhile.
 */
export function whenDrawn(then: () => void): void {
  void tick().then(then);
}

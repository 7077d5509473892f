/** Opens what is blocked out, whole: on the calendar lies only the piece of one day. */

import { tell } from '../shell/changes';
import type { View } from '../shell/view.svelte';

/** An absence opens as an absence, which says whom it displaces. */
export async function openBlock(view: View, id: string): Promise<void> {
  try {
    const detail = await view.mirror.desk.call('time_block', { id });
    view.dialog = detail.absence
      ? { kind: 'absence', target: null, from: null, changes: detail }
      : { kind: 'block', detail, spot: null, length: null, date: detail.at.slice(0, 10) };
  } catch (thrown) {
    tell(view, thrown);
  }
}

/** Who sits here: locking, letting somebody else in, giving emergency access back. */

import { nothing } from '../desk/client';
import * as changes from './changes';
import type { View } from './view.svelte';

/** What a person was writing may take this long to be kept before the desk is locked. */
const PATIENCE_MS = 500;

export async function lock(view: View): Promise<void> {
  const { mirror } = view;
  // Leaving a field keeps what was written in it.
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  view.keepNow();
  await Promise.race([mirror.quiet(), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
  try {
    await mirror.takeSession(mirror.desk.call('lock', nothing));
  } catch (thrown) {
    mirror.isSwitching = false;
    changes.tell(view, thrown);
  }
}

export async function switchPerson(view: View): Promise<void> {
  view.mirror.isSwitching = true;
  await lock(view);
}

export async function endEmergency(view: View): Promise<void> {
  try {
    await view.mirror.takeSession(view.mirror.desk.call('end_emergency', nothing));
    view.focusGridIfNowhere();
  } catch (thrown) {
    changes.tell(view, thrown);
  }
}

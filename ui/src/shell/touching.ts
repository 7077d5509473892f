/** Tells the desk that somebody is there, not more often than it needs to know. */

export const TOUCH_SECONDS = 15;

/** `now`: a steady count of milliseconds. */
export function touching(send: () => void, now: () => number = () => performance.now()): () => void {
  let last = -Infinity;
  return () => {
    const at = now();
    if (at - last < TOUCH_SECONDS * 1000) return;
    last = at;
    send();
  };
}

/** How long until something is on the screen. */

/**
 * Milliseconds of a frame's own work: from its beginning, where `act` is done, until it is painted. What a screen waits for its
 * next frame, up to 17 ms, says nothing about a calendar and is left out; frames that come before `isSo` are counted whole.
 */
export function timed(act: () => void, isSo: () => boolean = () => true): Promise<number> {
  return new Promise((resolve) => {
    let started = 0;
    const channel = new MessageChannel();
    // A message that is sent in a frame comes when the frame has been painted.
    channel.port1.onmessage = () => {
      if (isSo()) resolve(performance.now() - started);
      else requestAnimationFrame(() => channel.port2.postMessage(null));
    };
    requestAnimationFrame(() => {
      started = performance.now();
      act();
      channel.port2.postMessage(null);
    });
  });
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** How long until something is on the screen. */

/** After the frame that shows what was just made. */
export function painted(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => resolve();
      channel.port2.postMessage(null);
    });
  });
}

export async function timed(act: () => void | Promise<void>): Promise<number> {
  const started = performance.now();
  await act();
  await painted();
  return performance.now() - started;
}

/** Looks at each frame until it is so. */
export async function until(isSo: () => boolean): Promise<void> {
  for (let frame = 0; frame < 6000 && !isSo(); frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

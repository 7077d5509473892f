/** Names as little as possible: for a screen that others can see. */

const first = (word: string): string => [...word.trim()][0]?.toUpperCase() ?? '';

/** `Rivera, Ana` as `R. A.`; a name without a comma by its first letters. */
export function initialsOf(name: string): string {
  const parts = /[,،]/.test(name) ? name.split(/[,،]/) : name.split(/\s+/);
  return parts
    .map(first)
    .filter((letter) => letter !== '')
    .map((letter) => `${letter}.`)
    .join(' ');
}

/** Painting a time pattern: one sign per five minutes, `X` the provider, `/` an assistant. */

export const UNIT_MINUTES = 5;
/** Twelve hours, as the desk has it. */
export const MOST_UNITS = 144;

export type Unit = 'X' | '/';

export const other = (unit: string | undefined): Unit => (unit === 'X' ? '/' : 'X');

/** The units from one to another, in either order, painted; a stroke past the end makes the pattern longer. */
export function painted(pattern: string, from: number, to: number, unit: Unit): string {
  const first = Math.max(0, Math.min(from, to));
  const last = Math.min(MOST_UNITS - 1, Math.max(from, to));
  const long = pattern.length > last ? pattern : pattern + unit.repeat(last + 1 - pattern.length);
  return long.slice(0, first) + unit.repeat(last + 1 - first) + long.slice(last + 1);
}

/** One unit more at a place, like the one there. */
export function widened(pattern: string, at: number): string {
  if (pattern.length >= MOST_UNITS) return pattern;
  return pattern.slice(0, at + 1) + (pattern[at] ?? '/') + pattern.slice(at + 1);
}

/** One unit less; the last one stays. */
export function narrowed(pattern: string, at: number): string {
  return pattern.length <= 1 ? pattern : pattern.slice(0, at) + pattern.slice(at + 1);
}

/** A letter that no other type has: of the name if there is one, else of the alphabet. */
export function freeLetter(name: string, taken: readonly string[]): string {
  const used = new Set(taken.map((letter) => letter.trim().toUpperCase()));
  const own = [...name.toUpperCase()].filter((letter) => /\p{L}/u.test(letter));
  return [...own, ...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].find((letter) => !used.has(letter)) ?? own[0] ?? 'A';
}

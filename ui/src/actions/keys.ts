/**
 * Keys as people read them (`Ctrl+K`, `Shift+[`, `N`) and whether a key press is one of them. Letters and signs are
 * matched by what the keyboard types, so they are where the cap says on every layout; where a layout cannot type a
 * key (Cyrillic letters, `[` on a German keyboard), the place of the key on a US keyboard counts.
 */

export interface Binding {
  ctrl: boolean;
  shift: boolean;
  alt: boolean;
  key: string;
}

/** What the matching needs of a `KeyboardEvent`. */
export interface Press {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
  getModifierState?: (key: string) => boolean;
}

export function readBinding(text: string): Binding {
  const parts = text === '+' ? ['+'] : text.replace(/\+\+$/, '+Plus').split('+');
  const key = parts.pop() ?? '';
  return {
    ctrl: parts.includes('Ctrl'),
    shift: parts.includes('Shift'),
    alt: parts.includes('Alt'),
    key: key === 'Plus' ? '+' : key,
  };
}

const SIGN_CODES: Record<string, string> = {
  '[': 'BracketLeft',
  ']': 'BracketRight',
  '/': 'Slash',
  '=': 'Equal',
  '-': 'Minus',
  '+': 'Equal',
  '?': 'Slash',
};
const SHIFTED: Record<string, string> = { '{': '[', '}': ']' };

const codeOf = (key: string): string | null =>
  /^[A-Z]$/.test(key) ? `Key${key}` : /^\d$/.test(key) ? `Digit${key}` : (SIGN_CODES[key] ?? null);

/** Matched by what was typed. */
export function isTyped(press: Press, binding: Binding): boolean {
  const types = press.getModifierState?.('AltGraph') ?? false;
  if ((press.ctrlKey || press.metaKey) !== binding.ctrl && !types) return false;
  if (press.altKey !== binding.alt && !types) return false;
  const isLetter = /^[A-Z]$/.test(binding.key);
  if (isLetter) return press.key.toUpperCase() === binding.key && press.shiftKey === binding.shift;
  if (binding.key.length > 1) return press.key === binding.key && press.shiftKey === binding.shift;
  // A sign may need Shift to be typed at all; asked for on top it is the sign's shifted form.
  if (binding.shift) return press.shiftKey && (press.key === binding.key || SHIFTED[press.key] === binding.key);
  return press.key === binding.key;
}

/** Matched by the place of the key: only where the key typed nothing that is bound itself. */
export function isPlaced(press: Press, binding: Binding): boolean {
  const code = codeOf(binding.key);
  if (!code || press.code !== code) return false;
  if (/^[a-z0-9]$/i.test(press.key)) return false;
  const needsShift = binding.shift || binding.key === '?' || binding.key === '+';
  return (
    (press.ctrlKey || press.metaKey) === binding.ctrl && press.altKey === binding.alt && press.shiftKey === needsShift
  );
}

/** Key caps to show: `Ctrl`, `K`. */
export const capsOf = (text: string): string[] => {
  const binding = readBinding(text);
  return [
    ...(binding.ctrl ? ['Ctrl'] : []),
    ...(binding.alt ? ['Alt'] : []),
    ...(binding.shift ? ['Shift'] : []),
    binding.key,
  ];
};

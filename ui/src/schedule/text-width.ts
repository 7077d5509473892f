/**
 * How wide a text is, without asking the page: letters of the bundled typeface at the weight of names, in hundredths of the
 * text size. Asking the page a hundred and fifty times would cost more than drawing the day, and before the typeface has
 * come the answer would be wrong.
 */

const LETTERS: Record<number, string> = {
  25: ' ',
  26: 'ijl',
  28: 'I',
  29: '’',
  32: ',.:',
  35: 't',
  39: 'f',
  40: 'r',
  47: '-',
  50: '–',
  55: 's',
  57: 'Lakxz',
  58: 'Jc',
  59: 'Fevy',
  61: 'Ehnou',
  62: 'bdpq',
  63: 'g',
  64: 'ß',
  65: 'PRSZ',
  66: '0123456789BT',
  67: '+',
  70: 'K',
  71: 'Y',
  72: 'DX',
  73: 'AV',
  74: 'CU',
  75: 'GH',
  76: 'N',
  77: 'OQ',
  84: 'w',
  90: 'm',
  92: 'M',
  102: 'W',
};
/** Letters of other scripts, most of them. */
const OTHER = 62;
const WIDE = /[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]/;
/** Names are set a little tighter than the typeface's own spacing. */
const SPACING = -0.8;

const widths = new Map<string, number>();
for (const [width, letters] of Object.entries(LETTERS)) for (const letter of letters) widths.set(letter, Number(width));

/** Pixels of `text` at a text size of `pixels`. */
export function textWidth(text: string, pixels: number): number {
  let sum = 0;
  for (const letter of text) sum += (widths.get(letter) ?? learn(letter)) + SPACING;
  return (sum * pixels) / 100;
}

/** A letter with an accent is as wide as without. */
function learn(letter: string): number {
  const plain = letter.normalize('NFD').charAt(0);
  const width = widths.get(plain) ?? (WIDE.test(letter) ? 105 : OTHER);
  widths.set(letter, width);
  return width;
}

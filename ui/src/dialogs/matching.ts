/** Finds by the beginnings of words: `go da` finds “Go to a date”; earlier and fuller beginnings come first. */

export function matching<T>(all: T[], text: string, wordsOf: (one: T) => string): T[] {
  const wanted = wordsIn(text);
  // Signs alone are no word of anything.
  if (wanted.length === 0) return text.trim() === '' ? all : [];
  return all
    .map((one) => ({ one, score: scoreOf(wordsIn(wordsOf(one)), wanted) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ one }) => one);
}

function scoreOf(words: string[], wanted: string[]): number {
  let score = 0;
  let from = 0;
  for (const part of wanted) {
    const inOrder = words.findIndex((word, index) => index >= from && word.startsWith(part));
    const found = inOrder >= 0 ? inOrder : words.findIndex((word) => word.startsWith(part));
    if (found < 0) return 0;
    score += 10 - Math.min(found, 8) + (words[found] === part ? 2 : 0);
    from = found + 1;
  }
  return score;
}

/** `block-out` is two words, in what is typed as in what is there. */
const wordsIn = (text: string): string[] => plain(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean);

const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

const maxTextLength = 32;
const maxEdits = 2;

/** The candidate that was probably meant: the same but for case and blanks, or at most two single-letter edits away. */
export function nearMiss<T extends string>(text: string, candidates: readonly T[]): T | undefined {
  // The table below is quadratic in the text, which a caller chooses.
  if (text.length > maxTextLength) return undefined;
  const plain = text.trim().toLowerCase();
  let nearest: T | undefined;
  let fewest = Math.min(maxEdits, plain.length - 1) + 1;
  for (const candidate of candidates) {
    const edits = editDistance(plain, candidate.toLowerCase());
    if (edits < fewest) {
      nearest = candidate;
      fewest = edits;
    }
  }
  return nearest;
}

/** "did you mean …?", when there is something to mean. */
export function didYouMean(text: string, candidates: readonly string[]): string | undefined {
  const nearest = nearMiss(text, candidates);
  return nearest === undefined ? undefined : `did you mean ${nearest}?`;
}

/** Levenshtein distance, one row at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let index = 0; index < from.length; index += 1) {
    const next = [index + 1];
    for (let column = 0; column < to.length; column += 1) {
      const substituted = row[column]! + (from[index] === to[column] ? 0 : 1);
      next.push(Math.min(substituted, row[column + 1]! + 1, next[column]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}

const LONGEST = 32;
const MOST_EDITS = 2;

/** The candidate that was probably meant: the same but for case, blanks and dashes, or at most two letters away. */
export function nearMiss(text: string, candidates: readonly string[]): string | undefined {
  if (text.length > LONGEST) return undefined;
  const plain = plainOf(text);
  const ranked = candidates
    .map((candidate) => ({ candidate, edits: editDistance(plain, plainOf(candidate)) }))
    .filter(({ edits }) => edits <= Math.min(MOST_EDITS, plain.length - 1))
    .toSorted((a, b) => a.edits - b.edits);
  return ranked[0]?.candidate;
}

const plainOf = (text: string) => text.toLowerCase().replaceAll(/[\s_-]/g, "");

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

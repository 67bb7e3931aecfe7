const MAX_TEXT_LENGTH = 32;
const MAX_EDITS = 2;

/**
 * The candidate that was probably meant: the same once both are made plain (without case and blanks, unless said
 * otherwise), or at most two edits away.
 */
export function nearMiss<T extends string>(
  text: string,
  candidates: readonly T[],
  plainOf: (text: string) => string = withoutCase,
): T | undefined {
  // The table below is quadratic in the text, which a caller chooses.
  if (text.length > MAX_TEXT_LENGTH) return undefined;
  const plain = plainOf(text);
  let nearest: T | undefined;
  let fewest = Math.min(MAX_EDITS, plain.length - 1) + 1;
  for (const candidate of candidates) {
    const edits = editDistance(plain, plainOf(candidate));
    if (edits < fewest) {
      nearest = candidate;
      fewest = edits;
    }
  }
  return nearest;
}

const withoutCase = (text: string): string => text.trim().toLowerCase();

/** Levenshtein distance, with two letters that changed places as one edit; one row at a time. */
export function editDistance(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let index = 0; index < from.length; index++) {
    const next = [index + 1];
    for (let column = 0; column < to.length; column++) {
      const substituted = row[column]! + (from[index] === to[column] ? 0 : 1);
      const isSwap = index > 0 && column > 0 && from[index] === to[column - 1] && from[index - 1] === to[column];
      const swapped = isSwap ? before[column - 1]! + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(substituted, swapped, row[column + 1]! + 1, next[column]! + 1));
    }
    [before, row] = [row, next];
  }
  return row[to.length]!;
}

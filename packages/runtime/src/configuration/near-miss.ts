const maxNameLength = 64;

/**
 * The name that was probably meant: the same letters in another spelling (`tick_seconds` for tickSeconds), one that begins
 * so (`timeout` for timeoutSeconds), or one at most two edits away.
 */
export function nearMiss(name: string, known: readonly string[]): string | undefined {
  // The table below is quadratic in the name, which somebody else chose.
  if (name.length > maxNameLength) return undefined;
  const plain = plainName(name);
  return (
    known.find((candidate) => plainName(candidate) === plain) ??
    known.find((candidate) => plain.length >= 4 && plainName(candidate).startsWith(plain)) ??
    nearest(plain, known)
  );
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9.]/g, "");
}

function nearest(plain: string, known: readonly string[]): string | undefined {
  const most = Math.min(2, Math.floor(plain.length / 3));
  const byDistance = known
    .map((candidate) => ({ candidate, edits: editDistance(plain, plainName(candidate)) }))
    .filter(({ edits }) => edits <= most)
    .toSorted((left, right) => left.edits - right.edits);
  return byDistance[0]?.candidate;
}

/** Levenshtein distance, with two letters that changed places as one edit; one row at a time. */
function editDistance(from: string, to: string): number {
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

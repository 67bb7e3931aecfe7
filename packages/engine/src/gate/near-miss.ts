/** The name that was probably meant: the same letters in another case, or one edit away at the most. */
export function nearMiss(name: string, known: readonly string[]): string | undefined {
  return known.find((candidate) => isNear(name.toLowerCase(), candidate.toLowerCase()));
}

function isNear(left: string, right: string): boolean {
  const shorter = Math.min(left.length, right.length);
  const longer = Math.max(left.length, right.length);
  if (longer - shorter > 1) return false;
  let start = 0;
  while (start < shorter && left[start] === right[start]) start++;
  let end = 0;
  while (end < shorter - start && left.at(-1 - end) === right.at(-1 - end)) end++;
  return longer - start - end <= 1;
}

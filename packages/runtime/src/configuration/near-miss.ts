import { editDistance } from "@holdfast/kernel/near-miss";

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

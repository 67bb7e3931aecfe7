/** A set of characters as ranges of code points: ascending, apart from each other, both ends included. */
export type CharacterSet = readonly (readonly [from: number, to: number])[];

const last = 0x10ffff;

/** Every character. */
export const anyCharacter: CharacterSet = [[0, last]];

/** The set of single characters and ranges in any order. */
export function characterSet(...ranges: readonly (readonly [number, number])[]): CharacterSet {
  const joined: [number, number][] = [];
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const previous = joined.at(-1);
    if (previous !== undefined && from <= previous[1] + 1) previous[1] = Math.max(previous[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/** The set of the characters of a text. */
export function charactersOf(text: string): CharacterSet {
  return characterSet(...Array.from(text, (character): [number, number] => [codeOf(character), codeOf(character)]));
}

/** All characters that are in any of the sets. */
export function union(...sets: readonly CharacterSet[]): CharacterSet {
  return characterSet(...sets.flat());
}

/** All characters that are not in the set. */
export function complement(set: CharacterSet): CharacterSet {
  const gaps: [number, number][] = [];
  let next = 0;
  for (const [from, to] of set) {
    if (from > next) gaps.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= last) gaps.push([next, last]);
  return gaps;
}

/** The set with both cases of its ASCII letters. */
export function ignoringCase(set: CharacterSet): CharacterSet {
  const shifted = set.flatMap(([from, to]) => [
    ...moved(Math.max(from, 65), Math.min(to, 90), 32),
    ...moved(Math.max(from, 97), Math.min(to, 122), -32),
  ]);
  return characterSet(...set, ...shifted);
}

export function hasCharacter(set: CharacterSet, code: number): boolean {
  return set.some(([from, to]) => from <= code && code <= to);
}

/** How many characters there are in it. */
export function sizeOf(set: CharacterSet): number {
  return set.reduce((size, [from, to]) => size + to - from + 1, 0);
}

export function codeOf(character: string): number {
  return character.codePointAt(0)!;
}

function moved(from: number, to: number, by: number): [number, number][] {
  return from > to ? [] : [[from + by, to + by]];
}

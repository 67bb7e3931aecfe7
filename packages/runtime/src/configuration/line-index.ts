import type { Position } from "./origin.ts";

/** Turns offsets in a text into lines and columns. */
export function lineIndex(text: string): (offset: number) => Position {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    const line = lastAtMost(starts, offset);
    return { line: line + 1, column: offset - starts[line]! + 1 };
  };
}

/** Index of the last of the ascending `numbers` that is not above `bound`. */
function lastAtMost(numbers: readonly number[], bound: number): number {
  let [low, high] = [0, numbers.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (numbers[middle]! <= bound) low = middle;
    else high = middle - 1;
  }
  return low;
}

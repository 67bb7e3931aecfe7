/** Parts of a text that are secret: start and end, in the order they were found; they may overlap. */
export type Ranges = [start: number, end: number][];

export const MASK = "***";

/** The text with each secret part replaced by one mask. */
export function hide(text: string, ranges: Ranges): string {
  if (ranges.length === 0) return text;
  let hidden = "";
  let at = 0;
  for (const [start, end] of ranges.sort((a, b) => a[0] - b[0])) {
    if (end <= at) continue;
    if (start >= at) hidden += text.slice(at, start) + MASK;
    at = end;
  }
  return hidden + text.slice(at);
}

import { nearMiss as nearest } from "@holdfast/kernel/near-miss";

/** The candidate that was probably meant: the same but for case, blanks and dashes, or at most two edits away. */
export const nearMiss = (text: string, candidates: readonly string[]): string | undefined =>
  nearest(text, candidates, withoutDashes);

const withoutDashes = (text: string): string => text.toLowerCase().replaceAll(/[\s_-]/g, "");

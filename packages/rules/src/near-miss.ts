import { nearMiss } from "@holdfast/kernel/near-miss";

/** "did you mean …?", when there is something to mean. */
export function didYouMean(text: string, candidates: readonly string[]): string | undefined {
  const nearest = nearMiss(text, candidates);
  return nearest === undefined ? undefined : `did you mean ${nearest}?`;
}

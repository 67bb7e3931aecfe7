/** The value that half of them do not exceed. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Nearest rank: one of the values, never one between them. */
export function percentile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))] ?? Number.NaN;
}

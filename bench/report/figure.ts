/** A number that a run came to, beside what it should be. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly goal?: Goal;
  /** What else belongs to the number: spread, latencies, conditions. */
  readonly detail?: string;
}

export type Goal = { readonly atLeast: number } | { readonly atMost: number };

/** Figures of one area, as one table. */
export interface Section {
  readonly title: string;
  /** How the figures were taken. */
  readonly method: string;
  readonly figures: readonly Figure[];
}

export function isReached({ value }: Figure, goal: Goal): boolean {
  return "atLeast" in goal ? value >= goal.atLeast : value <= goal.atMost;
}

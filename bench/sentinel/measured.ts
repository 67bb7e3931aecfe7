import type { Bench } from "../measure/bench.ts";
import type { Figure } from "../report/figure.ts";

/** What one part of the suite came to. */
export interface Measured {
  /** How the figures were taken. */
  readonly method: string;
  readonly figures: readonly Figure[];
  /** Comparisons that this host cannot make, each with its reason. */
  readonly leftOut: readonly string[];
}

export type Part = (bench: Bench) => Promise<Measured>;

/** This host cannot make a comparison; the message says why. */
export class LeftOut extends Error {}

/** The outcome of something that a host may not have; what else goes wrong is thrown on. */
export async function orLeftOut<T>(attempt: () => T | Promise<T>): Promise<T | LeftOut> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof LeftOut) return error;
    throw error;
  }
}

/** What the load generator is told, as JSON on its command line. */
export interface LoadPlan {
  readonly socket: string;
  readonly connections: number;
  /** Not counted: caches fill, the compiler does its work. */
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** Ends the load also when time has not: the generator is bounded whatever it meets. */
  readonly maxRequests: number;
  /** Of ten requests, how many read; the others write. */
  readonly readsOfTen: number;
  readonly keys: number;
  readonly valueBytes: number;
}

export interface LoadResult {
  /** Answered requests of the counted time. */
  readonly requests: number;
  readonly seconds: number;
  /** All that was sent, warm-up included: what the server's processor time is divided by. */
  readonly sent: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Share of one core that the generator used: near 1, it is the bound and not the server. */
  readonly generatorCpuShare: number;
}

/** Path of the key that a load reads and writes. */
export const keyOf = (index: number): string => `applications/bench/config/key-${index}`;

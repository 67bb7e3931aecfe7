/** A mixture of requests that a server is loaded with. */
export interface Workload {
  readonly name: string;
  readonly readsOfTen: number;
}

export const reads: Workload = { name: "read", readsOfTen: 10 };
export const mixture: Workload = { name: "90:10", readsOfTen: 9 };
export const writes: Workload = { name: "write", readsOfTen: 0 };

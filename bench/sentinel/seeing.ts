/** Where starts of processes are heard of. */
export const sourceNames = ["connector", "audit", "ebpf", "polling"] as const;
export type SourceName = (typeof sourceNames)[number];

/** File in the folder of the request that rows are written to. */
export const eventsFile = "events.db";

/** `settle`: everything that was heard of so far is written. */
export type SeeRequest =
  | { readonly do: "begin"; readonly source: SourceName; readonly folder: string }
  | { readonly do: "settle" };

/** How the source is. */
export interface Seen {
  readonly state: string;
  readonly detail: string;
}

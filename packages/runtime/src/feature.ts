/** A part that can be missing or only half there; never a silent pass (law 7). */
export interface Feature {
  readonly name: string;
  readonly state: "available" | "unavailable" | "degraded";
  readonly detail: string;
}

/** A check that either holds or does not: a command that exits 0 or something else. */
export interface Gate {
  readonly name: string;
  /** What it makes sure of, for the heading. */
  readonly promise: string;
  readonly command: readonly [string, ...string[]];
}

const node = process.execPath;

/** In the order of the cost of a mistake: what is quickest to mend comes first. */
export const gates: readonly Gate[] = [
  { name: "format", promise: "one way to write it", command: ["biome", "ci", "."] },
  { name: "types", promise: "types hold", command: ["tsc", "-p", "."] },
  {
    name: "lint",
    promise: "no lost promise, no any, no missed case",
    command: ["oxlint", "--type-aware", "--deny-warnings"],
  },
  {
    name: "boundaries",
    promise: "ranks and trust boundaries",
    command: ["depcruise", "--config", ".dependency-cruiser.mjs", "packages", "scripts", "bench", "test"],
  },
  { name: "dead-code", promise: "nothing that nobody uses", command: ["knip", "--no-progress", "--no-config-hints"] },
  { name: "repository", promise: "what must not stand in it", command: [node, "scripts/repository.ts"] },
];

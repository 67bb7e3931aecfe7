import { join } from "node:path";

/** What tests start and `bundle.ts` bundles, by the main file of its sources. */
export const programs = {
  command: "packages/cli/src/main.ts",
  notifying: "test/notify/process/main.ts",
} as const;

/** Where the bundle of a source stands. */
export function placeIn(folder: string, source: string): string {
  return join(folder, source.replace(/\.ts$/, ".mjs"));
}

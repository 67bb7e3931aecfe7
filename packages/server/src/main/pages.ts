import { readFileSync } from "node:fs";
import type { Page, PageAnswer } from "@holdfast/engine";
import { probePages, type Readiness } from "@holdfast/runtime";

const OPENAPI = new URL(import.meta.resolve("@holdfast/contract/openapi.json"));

/** Probes and metrics, and the description of what the server serves. */
export function pagesOf(readiness: Readiness, metrics: () => Promise<string>): Readonly<Record<string, Page>> {
  let openApi: PageAnswer | undefined;
  return {
    ...probePages(readiness, metrics),
    "/openapi.json": () => (openApi ??= { status: 200, mediaType: "application/json", body: readFileSync(OPENAPI) }),
  };
}

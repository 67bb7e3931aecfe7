import { readFileSync } from "node:fs";
import type { Page, PageAnswer } from "@holdfast/engine";

const OPENAPI = new URL(import.meta.resolve("@holdfast/contract/openapi-agent.json"));

/** The description of what an agent answers. */
export function openApiPage(): Readonly<Record<string, Page>> {
  let openApi: PageAnswer | undefined;
  return {
    "/openapi.json": () => (openApi ??= { status: 200, mediaType: "application/json", body: readFileSync(OPENAPI) }),
  };
}

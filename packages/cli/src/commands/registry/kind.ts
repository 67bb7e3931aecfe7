import type { Given, Option } from "../../command.ts";
import { isSet } from "../../given.ts";

export type Kind = "secret" | "config";

/** Paths of both kinds look alike, so the user says which is meant; what is not said to be configuration is a secret. */
export const kindOption: Option = { name: "config", summary: "the path is configuration, not a secret" };

export function kindOf(given: Given): Kind {
  return isSet(given, "config") ? "config" : "secret";
}

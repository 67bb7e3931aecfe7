import type { OperationDefinition } from "./operation.ts";

/**
 * Definition of something the server does unasked. No route leads to it, and it passes the gate and stands in the
 * ledger like everything else.
 */
export function dutyDefinition(name: string, entryResource: string): OperationDefinition {
  return {
    name,
    method: "POST",
    path: "",
    aliases: [],
    spans: [],
    permission: null,
    input: {},
    scope: "tenant",
    mutation: true,
    entryResource,
  };
}

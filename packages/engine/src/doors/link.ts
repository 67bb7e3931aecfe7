import type { Call } from "../gate/call.ts";
import type { OperationDefinition } from "../operation.ts";

/** RFC 8288 link to the page that follows: the same target with the cursor the answer names. */
export function nextLink(output: unknown, { operation, query }: Pick<Call, "operation" | "query">): string | undefined {
  if (typeof output !== "object" || output === null || !("next" in output) || output.next === undefined) return undefined;
  const members = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  members.set(cursorOf(operation.definition), String(output.next));
  return `<?${members.toString()}>; rel="next"`;
}

/** Lists that run backwards take `before`, all others `after`. */
function cursorOf({ input }: OperationDefinition): string {
  const { properties = {} } = (input.query ?? {}) as { readonly properties?: object };
  return "before" in properties ? "before" : "after";
}

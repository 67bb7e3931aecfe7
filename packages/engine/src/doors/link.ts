import type { Call } from "../gate/call.ts";
import type { OperationDefinition } from "../operation.ts";

/** RFC 8288 link to the page that follows: the same target with the cursor the answer names. */
export function nextLink(output: unknown, { operation, query }: Pick<Call, "operation" | "query">): string | undefined {
  const next = (output as { readonly next?: unknown } | null | undefined)?.next;
  if (typeof next !== "string" && typeof next !== "number") return undefined;
  const members = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) members.set(name, String(value));
  members.set(cursorOf(operation.definition), String(next));
  return `<?${members.toString()}>; rel="next"`;
}

/** Lists that run backwards take `before`, all others `after`. */
function cursorOf({ input }: OperationDefinition): string {
  const { properties = {} } = (input.query ?? {}) as { readonly properties?: object };
  return "before" in properties ? "before" : "after";
}

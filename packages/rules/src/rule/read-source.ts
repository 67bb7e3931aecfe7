import { describe, type Located } from "../yaml/located.ts";
import { Fields } from "./fields.ts";
import type { IssueList } from "./issue.ts";
import { type RuleSource, ruleLimits } from "./rule.ts";

/** Reads `source`: whose rule it was before it became one of ours. */
export function readSource(node: Located | undefined, issues: IssueList): RuleSource | undefined {
  if (node === undefined) return undefined;
  if (node.kind !== "map") {
    issues.add("value_invalid", `source is a map, not ${describe(node)}`, node.offset);
    return undefined;
  }
  const fields = new Fields(node, ["kind", "id", "author", "license", "references"], issues);
  const kind = fields.oneOf("kind", fields.require("kind"), ["sigma"] as const);
  const id = fields.text("id", fields.get("id"), ruleLimits.id);
  const author = fields.text("author", fields.get("author"), 512);
  const license = fields.text("license", fields.get("license"), ruleLimits.title);
  const references = fields.texts("references", ruleLimits.list, ruleLimits.note).map((one) => one.value);
  if (kind === undefined) return undefined;
  return {
    kind,
    ...(id === undefined ? {} : { id }),
    ...(author === undefined ? {} : { author }),
    ...(license === undefined ? {} : { license }),
    references,
  };
}

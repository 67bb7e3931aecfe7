import { count } from "../../terminal/count.ts";
import type { Operations } from "@holdfast/contract/types";
import type { Command } from "../../command.ts";
import { print } from "../../terminal/print.ts";
import { table } from "../../terminal/table.ts";
import { agentOption } from "../../settings.ts";

/** Lists the versions of the tenant's key. */
export const keyList: Command = {
  words: ["key", "list"],
  summary: "List the versions of the tenant's key, newest first",
  options: [agentOption],
  examples: [{ command: "holdfast key list", says: "and how many data keys each still wraps" }],
  async run(context) {
    print(context, await context.call("key.list", {}), show);
    return undefined;
  },
};

/** Key versions in lines. */
export function show({ items }: Operations["key.list"]["output"]): string {
  return table(
    items.map(({ version, state, createdAt, references }) => [
      `version ${version}`,
      state,
      `since ${createdAt}`,
      `wraps ${count(references, "data key")}`,
    ]),
  );
}

import type { Command } from "../../command.ts";
import { usage } from "../../failure.ts";
import { argument, compact, textOption, textOptions } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { show } from "./show.ts";
import { agentOption } from "../../settings.ts";

/** Makes a role or replaces it. */
export const roleWrite: Command = {
  words: ["role", "write"],
  summary: "Make a role, or replace it",
  arguments: [
    { name: "name", summary: "name of the role" },
    {
      name: "permission",
      isVariadic: true,
      summary: "resource:path-pattern:action, such as secret:applications/shop/**:read",
    },
  ],
  options: [
    agentOption,
    { name: "environment", value: "name", isRepeatable: true, summary: "holds only there; may be repeated" },
    { name: "description", value: "text", summary: "what it is for" },
  ],
  examples: [
    {
      command: "holdfast role write shop-reader 'secret:applications/shop/**:read'",
      says: "reads one application's secrets",
    },
    {
      command: "holdfast role write shop-ops 'config:applications/shop/**:*' --environment development",
      says: "only in development",
    },
  ],
  async run(context, given) {
    const permissions = given.arguments.slice(1);
    if (permissions.length === 0) throw usage("a role needs at least one permission");
    const environments = textOptions(given, "environment");
    const answer = await context.call(
      "role.write",
      compact({
        name: argument(given, 0),
        permissions,
        environments: environments.length === 0 ? undefined : [...environments],
        description: textOption(given, "description"),
      }),
    );
    print(context, answer, show);
    return undefined;
  },
};

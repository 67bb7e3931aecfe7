import type { Operations } from "@holdfast/contract/types";
import type { Command } from "../../command.ts";
import { argument } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { printable } from "../../terminal/printable.ts";
import { agentOption } from "../../settings.ts";

type Role = Operations["role.read"]["output"];

/** Shows one role with its permissions. */
export const roleShow: Command = {
  words: ["role", "show"],
  summary: "Show a role with its permissions",
  arguments: [{ name: "name", summary: "name of the role" }],
  options: [agentOption],
  examples: [{ command: "holdfast role show viewer", says: "what a viewer may do" }],
  async run(context, given) {
    print(context, await context.call("role.read", { name: argument(given, 0) }), show);
    return undefined;
  },
};

/** A role in lines: its name, then a permission each. */
export function show({ name, builtIn, environments, description, permissions }: Role): string {
  const facts = [builtIn ? "built in" : "", environments?.length ? `only in ${environments.join(", ")}` : ""];
  const title = [name, ...facts.filter((fact) => fact !== "")].join("  ");
  const lines = [...(description === undefined ? [] : [description]), ...permissions];
  return `${title}\n${lines.map((line) => `  ${printable(line)}\n`).join("")}`;
}

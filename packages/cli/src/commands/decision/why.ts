import type { Operations } from "@holdfast/contract/types";
import type { Command } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { usage } from "../../failure.ts";
import { argument, compact, textOption } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { printable } from "../../terminal/printable.ts";
import type { Style } from "../../terminal/style.ts";
import { agentOption } from "../../settings.ts";

type Decision = Operations["decision.explain"]["output"];

/** Explains a decision; the exit code says what it was. */
export const why: Command = {
  words: ["why"],
  summary: "Explain why something is allowed or denied",
  details: "Exits with 0 when it is allowed and with 4 when it is denied.",
  arguments: [
    { name: "permission", summary: "resource:path:action, such as secret:applications/shop/config/db-password:read" },
  ],
  options: [
    agentOption,
    { name: "accessor", value: "tk_…", summary: "decide for the holder of this token instead of you" },
  ],
  examples: [
    { command: "holdfast why secret:applications/shop/config/db-password:read", says: "may I read it?" },
    { command: "holdfast why policy::write --accessor tk_…", says: "may the holder of that token change roles?" },
  ],
  async run(context, given) {
    const asked = partsOf(argument(given, 0));
    const decision = await context.call(
      "decision.explain",
      compact({ ...asked, accessor: textOption(given, "accessor") }),
    );
    print(context, decision, (answer) => linesOf(answer, context.output.style));
    return decision.allowed ? undefined : exitCodes.denied;
  },
};

function partsOf(text: string): { resource: string; path: string; action: string } {
  const [, resource, path, action] = /^([^:]+):([^:]*):([^:]+)$/.exec(text) ?? [];
  if (resource === undefined || path === undefined || action === undefined) {
    throw usage(`"${text}" is no permission`, "write resource:path:action; the path may be empty, as in policy::write");
  }
  return { resource, path, action };
}

function linesOf({ allowed, rule, missing, considered }: Decision, style: Style): string {
  const verdict = allowed ? style.good("allowed") : style.bad("denied");
  const lines = [
    `${verdict}  ${printable(rule)}`,
    ...missing.map((permission) => `missing  ${printable(permission)}`),
    ...considered.map((seen) => style.dim(`${seen.effect}  ${printable(`${seen.rule}: ${seen.why}`)}`)),
  ];
  return `${lines.join("\n")}\n`;
}

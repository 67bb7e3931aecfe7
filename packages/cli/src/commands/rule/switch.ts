import type { Operations } from "@holdfast/contract/types";
import type { Command, Context } from "../../command.ts";
import { usage } from "../../failure.ts";
import { argument, compact, textOption } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { printable } from "../../terminal/printable.ts";
import { titlesOf } from "./titles.ts";

const rule = { name: "rule", summary: "id of the rule" } as const;

/** Switches a rule on. */
export const ruleEnable: Command = {
  words: ["rules", "enable"],
  program: "agent",
  summary: "Switch a rule on; it looks at what comes from now on",
  arguments: [rule],
  options: [{ name: "note", value: "text", summary: "why" }],
  examples: [{ command: "holdfast rules enable exec-from-tmp", says: "watch for it again" }],
  async run(context, given) {
    const input = compact({ rule: argument(given, 0), note: textOption(given, "note") });
    await show(context, await context.call("rule.enable", input));
    return undefined;
  },
};

/** Switches a rule off. */
export const ruleDisable: Command = {
  words: ["rules", "disable"],
  program: "agent",
  summary: "Switch a rule off until it is enabled again; says why",
  arguments: [rule],
  options: [{ name: "note", value: "text", summary: "why; it stands in the record" }],
  examples: [
    { command: 'holdfast rules disable exec-from-tmp --note "builds run in /tmp here"', says: "it is too loud" },
  ],
  async run(context, given) {
    const note = textOption(given, "note");
    if (note === undefined || note === "") throw usage("--note is missing", "say why, for those who wonder later");
    await show(context, await context.call("rule.disable", { rule: argument(given, 0), note }));
    return undefined;
  },
};

async function show(context: Context, change: Operations["rule.enable"]["output"]): Promise<void> {
  const named = await titlesOf(context, [change.rule]);
  print(context, change, ({ rule: id, state }) => `${printable(named(id))}  ${state}\n`);
}

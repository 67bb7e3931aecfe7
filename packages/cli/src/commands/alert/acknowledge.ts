import type { Operations } from "@holdfast/contract/types";
import type { Command } from "../../command.ts";
import { compact, textOption } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { printable } from "../../terminal/printable.ts";

type Alert = Operations["alert.read"]["output"];

const alerts = { name: "alert", isVariadic: true, summary: "ids of alerts (al_…)" } as const;

/** Takes note of alerts. */
export const alertAcknowledge: Command = {
  words: ["alerts", "ack"],
  program: "agent",
  summary: "Take note of alerts",
  details: "They are open no longer. What is found again within their window counts in them; nobody is told anew.",
  arguments: [alerts],
  options: [{ name: "note", value: "text", summary: "what you found out; never a secret" }],
  examples: [{ command: 'holdfast alerts ack al_… --note "a build of ours"', says: "seen, and harmless" }],
  async run(context, given) {
    const note = textOption(given, "note");
    const done: Alert[] = [];
    for (const alert of given.arguments) done.push(await context.call("alert.acknowledge", compact({ alert, note })));
    print(context, { items: done }, () => linesOf(done));
    return undefined;
  },
};

/** Takes acknowledgements back. */
export const alertReopen: Command = {
  words: ["alerts", "reopen"],
  program: "agent",
  summary: "Open acknowledged alerts again",
  arguments: [alerts],
  examples: [{ command: "holdfast alerts reopen al_…", says: "it was not harmless" }],
  async run(context, given) {
    const done: Alert[] = [];
    for (const alert of given.arguments) done.push(await context.call("alert.reopen", { alert }));
    print(context, { items: done }, () => linesOf(done));
    return undefined;
  },
};

const linesOf = (done: readonly Alert[]): string =>
  done.map(({ id, state, title }) => `${id}  ${state}  ${printable(title)}\n`).join("");

import type { Operations } from "@holdfast/contract/types";
import type { Command, Context, Given } from "../../command.ts";
import { alertNamed } from "./alert-named.ts";
import { compact, textOption } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { printable } from "../../terminal/printable.ts";

type Alert = Operations["alert.read"]["output"];

const alerts = { name: "alert", isVariadic: true, summary: "ids of alerts (al_…), or their beginnings" } as const;

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
    for (const alert of await allNamed(context, given))
      done.push(await context.call("alert.acknowledge", compact({ alert, note })));
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
    for (const alert of await allNamed(context, given)) done.push(await context.call("alert.reopen", { alert }));
    print(context, { items: done }, () => linesOf(done));
    return undefined;
  },
};

/** Before anything is done: one that cannot be told from others keeps all of them as they are. */
async function allNamed(context: Context, given: Given): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const text of given.arguments) ids.push(await alertNamed(context, text));
  return ids;
}

const linesOf = (done: readonly Alert[]): string =>
  done.map(({ id, state, title }) => `${id}  ${state}  ${printable(title)}\n`).join("");

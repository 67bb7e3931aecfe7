import type { Operations } from "@holdfast/contract/types";
import type { Command } from "../../command.ts";
import { argument } from "../../given.ts";
import { printable } from "../../terminal/printable.ts";
import { print } from "../../terminal/print.ts";
import type { Style } from "../../terminal/style.ts";
import { table } from "../../terminal/table.ts";
import { alertNamed } from "./alert-named.ts";
import { markOf } from "./severity.ts";

type Alert = Operations["alert.read"]["output"];

/** Shows one alert with the row that was found. */
export const alertShow: Command = {
  words: ["alerts", "show"],
  program: "agent",
  summary: "Show an alert with all that was found",
  arguments: [{ name: "alert", summary: "id of the alert (al_…), or its beginning" }],
  examples: [{ command: "holdfast alerts show al_…", says: "process, parent, user, hash and rule" }],
  async run(context, given) {
    const alert = await alertNamed(context, argument(given, 0));
    const answer = await context.call("alert.read", { alert });
    print(context, answer, (found) => alertLines(found, context.output.style));
    return undefined;
  },
};

/** An alert in lines: what and where, what was found, and what else it may be. */
function alertLines(alert: Alert, style: Style): string {
  const { severity, title, description, details, context = {}, falsePositives } = alert;
  const known = table(cellsOf(context));
  const excuses = falsePositives.map((text) => `  ${printable(text)}\n`).join("");
  return [
    `${markOf(severity, style)(severity)}  ${style.bold(printable(title))}\n`,
    description === title ? "" : `${printable(description)}\n`,
    table(factsOf(alert)),
    `found\n${table(cellsOf(details))}`,
    // Not what the rule found: what the agent knew of that process when it did.
    known === "" ? "" : `the process, as the agent knew it then\n${known}`,
    excuses === "" ? "" : `it may also be\n${excuses}`,
  ].join("");
}

const cellsOf = (columns: Alert["details"]): (readonly [string, string | number])[] =>
  Object.entries(columns).map(([column, value]) => [`  ${column}`, value ?? "NULL"]);

function factsOf(alert: Alert): (readonly [string, string])[] {
  const { id, rule, host, count, firstSeenAt, lastSeenAt, dedupKey, attack, silencedBy, note } = alert;
  const seen = count === 1 ? firstSeenAt : `${count} times, ${firstSeenAt} to ${lastSeenAt}`;
  return [
    ["id", id],
    ["rule", rule],
    ["host", host],
    ["seen", seen],
    ["key", dedupKey],
    ...row("attack", attack.join(", ")),
    ["state", stateOf(alert)],
    ...row("silenced by", silencedBy),
    ...row("note", note),
  ];
}

const row = (name: string, value: string | undefined): (readonly [string, string])[] =>
  value === undefined || value === "" ? [] : [[name, value]];

function stateOf({ state, acknowledgedAt, acknowledgedBy }: Alert): string {
  return acknowledgedAt === undefined ? state : `${state} ${acknowledgedAt} by ${acknowledgedBy ?? "unknown"}`;
}

import type { Operations } from "@holdfast/contract/types";
import type { Command, Given } from "../../command.ts";
import { usage } from "../../failure.ts";
import { compact, numberOption, textOption } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { table } from "../../terminal/table.ts";
import { momentOf } from "../moment.ts";
import { agentOption } from "../../settings.ts";

type Input = Operations["audit.log"]["input"];
const outcomes = ["ok", "denied", "failed", "conflict"] as const;

/** Shows entries of the ledger. */
export const auditLog: Command = {
  words: ["audit", "log"],
  summary: "Show entries of the ledger, newest first",
  options: [
    agentOption,
    { name: "limit", value: "n", summary: "this many at most (20)" },
    { name: "before", value: "seq", summary: "only entries before this one" },
    { name: "actor", value: "id", summary: "by this actor" },
    { name: "action", value: "name", summary: "of this operation, such as secret.read" },
    { name: "outcome", value: "outcome", summary: "ok, denied, failed or conflict" },
    { name: "resource", value: "resource", summary: "on this resource, or of this kind" },
    { name: "path", value: "path", summary: "at this path" },
    { name: "since", value: "time", summary: "not before: 2026-07-01T09:30:00Z, or 30m, 12h, 7d ago" },
    { name: "until", value: "time", summary: "before: the same" },
  ],
  examples: [
    { command: "holdfast audit log", says: "what happened last" },
    { command: "holdfast audit log --outcome denied --since 1h", says: "what was refused in the last hour" },
    { command: "holdfast audit log --path applications/shop/config/db-password", says: "who read or wrote one secret" },
  ],
  async run(context, given) {
    const answer = await context.call("audit.log", inputOf(given, Date.now()));
    print(context, answer, ({ items }) =>
      table(
        items.map(({ seq, time, actor, action, outcome, reason, path, resource }) => [
          seq,
          time,
          actor,
          action,
          reason === "" ? outcome : `${outcome} (${reason})`,
          path ?? resource,
        ]),
      ),
    );
    return undefined;
  },
};

function inputOf(given: Given, nowMs: number): Input {
  return compact({
    limit: numberOption(given, "limit", 1) ?? 20,
    before: numberOption(given, "before", 0),
    actor: textOption(given, "actor"),
    action: textOption(given, "action"),
    outcome: outcomeOf(given),
    resource: textOption(given, "resource"),
    path: textOption(given, "path"),
    since: momentOf(textOption(given, "since"), nowMs),
    until: momentOf(textOption(given, "until"), nowMs),
  });
}

function outcomeOf(given: Given): Input["outcome"] {
  const text = textOption(given, "outcome");
  const outcome = outcomes.find((known) => known === text);
  if (text !== undefined && outcome === undefined) throw usage(`--outcome takes ${outcomes.join(", ")}, not "${text}"`);
  return outcome;
}

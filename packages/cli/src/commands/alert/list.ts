import type { Operations } from "@holdfast/contract/types";
import type { Command, Given } from "../../command.ts";
import { usage } from "../../failure.ts";
import { compact, numberOption, textOption } from "../../given.ts";
import { fitted } from "../../terminal/fit.ts";
import type { Output } from "../../terminal/output.ts";
import { print, remark } from "../../terminal/print.ts";
import { printable } from "../../terminal/printable.ts";
import { table } from "../../terminal/table.ts";
import { momentOf } from "../moment.ts";
import { markOf, severities, severityOption } from "./severity.ts";

type Input = Operations["alert.list"]["input"];
type Page = Operations["alert.list"]["output"];
type Alert = Operations["alert.list"]["output"]["items"][number];

/** Rows are large: so many are in one answer. */
const maxPage = 200;
const states = ["open", "acknowledged", "all"] as const;

/** Lists alerts. */
export const alertList: Command = {
  words: ["alerts", "list"],
  program: "agent",
  isDefault: true,
  summary: "List alerts of this host, newest first",
  details: "Shows open ones unless you say otherwise. `holdfast alerts` alone is the same.",
  options: [
    { name: "state", value: "state", choices: states, summary: "open, acknowledged or all (open)" },
    { name: "severity", value: "severity", choices: severities, summary: "this severity or a higher one" },
    { name: "rule", value: "id", summary: "of this rule" },
    { name: "since", value: "time", summary: "seen since: 2026-07-01T09:30:00Z, or 30m, 12h, 7d ago" },
    { name: "limit", value: "n", summary: "this many at most (50)" },
    { name: "after", value: "cursor", summary: 'go on where a list ended: its "next"' },
  ],
  examples: [
    { command: "holdfast alerts", says: "what is open on this host" },
    { command: "holdfast alerts list --state all --since 7d", says: "everything of the last week" },
    { command: "holdfast alerts list --severity high --json", says: "what is serious, for a program" },
  ],
  async run(context, given) {
    const most = numberOption(given, "limit", 1) ?? 50;
    const filter = filterOf(given, Date.now());
    const answer = await upTo(most, textOption(given, "after"), (limit, after) =>
      context.call("alert.list", compact({ ...filter, limit, after })),
    );
    print(context, answer, ({ items }) => (items.length === 0 ? emptyLine(filter) : linesOf(items, context.output)));
    if (!context.settings.isJson && answer.next !== undefined)
      remark(context, `there are more; raise --limit, or go on with --after ${printable(answer.next)}`);
    return undefined;
  },
};

/** So many of them, in as many pages as that takes. */
async function upTo(
  most: number,
  from: string | undefined,
  fetch: (limit: number, after: string | undefined) => Promise<Page>,
): Promise<Page> {
  const items: Alert[] = [];
  let next = from;
  do {
    const page = await fetch(Math.min(most - items.length, maxPage), next);
    items.push(...page.items);
    next = page.next;
  } while (next !== undefined && items.length < most);
  return compact({ items, next });
}

function filterOf(given: Given, nowMs: number): Input {
  const state = stateOf(textOption(given, "state"));
  return compact({
    state: state === "all" ? undefined : state,
    severity: severityOption(given),
    rule: textOption(given, "rule"),
    since: momentOf(textOption(given, "since"), nowMs),
  });
}

function stateOf(text: string | undefined): (typeof states)[number] {
  if (text === undefined) return "open";
  const state = states.find((known) => known === text);
  if (state === undefined) throw usage(`--state takes ${states.join(", ")}, not "${text}"`);
  return state;
}

/** Nothing to show is not always nothing found. */
function emptyLine({ state, severity, rule, since }: Input): string {
  const isNarrowed = severity !== undefined || rule !== undefined || since !== undefined;
  if (state === undefined) return isNarrowed ? "no such alerts\n" : "no alerts\n";
  return `no such ${state} alerts; --state all shows the others too\n`.replace(isNarrowed ? "" : "such ", "");
}

/** What does not leave room for a title beside it takes a line of its own. */
const NARROW = 120;

/** A line each, marked by severity; on a narrow terminal two. A finding cannot break out of its line. */
function linesOf(alerts: readonly Alert[], { style, columns }: Pick<Output, "style" | "columns">): string {
  const width = columns();
  const isNarrow = width !== undefined && width < NARROW;
  const rows = alerts.map((alert) => (isNarrow ? headOf(alert) : [...headOf(alert), foundBy(alert)]));
  const lines = table(rows).split("\n");
  return alerts
    .map((alert, index) => {
      const mark = markOf(alert.severity, style);
      const line = `${mark(fitted(lines[index]!, width))}\n`;
      return isNarrow ? `${line}${fitted(`  ${printable(foundBy(alert))}`, width)}\n` : line;
    })
    .join("");
}

function headOf({ id, severity, lastSeenAt, count, state, silencedBy }: Alert): readonly string[] {
  const times = count === 1 ? "" : `${count}×`;
  const marks = [state === "open" ? "" : state, silencedBy === undefined ? "" : "silenced"];
  return [id, severity, lastSeenAt, times, marks.filter((mark) => mark !== "").join(", ")];
}

const foundBy = ({ title, summary }: Alert): string => `${title}: ${summary}`;

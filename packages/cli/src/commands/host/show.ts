import type { Operations } from "@holdfast/contract/types";
import type { Command, Context } from "../../command.ts";
import { print } from "../../terminal/print.ts";
import { sizeOf } from "../../terminal/size.ts";
import type { Style } from "../../terminal/style.ts";
import { table } from "../../terminal/table.ts";
import { type Titles, titlesOf } from "../rule/titles.ts";

type Host = Operations["host.read"]["output"];

/** Shows one host: what is seen of it, what was missed, and what that costs. */
export const hostShow: Command = {
  words: ["hosts", "show"],
  program: "agent",
  summary: "Show a host: what is seen of it, what was missed, and what that costs",
  arguments: [{ name: "host", isOptional: true, summary: "name of the host; the agent's own when left out" }],
  examples: [{ command: "holdfast hosts show", says: "this host" }],
  async run(context, given) {
    const answer = await context.call("host.read", { host: given.arguments[0] ?? (await ownName(context)) });
    const ofRules = answer.losses.filter(({ stage }) => stage === "executor").map(({ name }) => name);
    const named = await titlesOf(context, ofRules);
    print(context, answer, (host) => hostLines(host, named, context.output.style));
    return undefined;
  },
};

async function ownName(context: Pick<Context, "call">): Promise<string> {
  const { items } = await context.call("host.list", {});
  return items[0]?.name ?? "unknown";
}

/** A host in lines; what is missing or lost is marked. */
function hostLines(host: Host, named: Titles, style: Style): string {
  const { sandbox, losses } = host;
  const heading = (text: string) => `${style.bold(text)}\n`;
  return [
    table([
      ["host", host.name],
      ["system", `${host.os}, ${host.kernel}, ${host.architecture}`],
      ["agent", `${host.agentVersion}, since ${host.agentStartedAt}`],
      ["sandbox", `${sandbox.level}${sandbox.isDegraded ? ", less than configured" : ""}: ${sandbox.detail}`],
    ]),
    heading("sources"),
    table(
      host.sources.map(({ name, state, detail, events, lost }) => [
        `  ${name}`,
        state,
        `${events} events`,
        lostOf(lost),
        detail,
      ]),
    ),
    ...(host.catchRates.length === 0
      ? []
      : [heading("caught, of processes that live"), table(host.catchRates.map(rateOf))]),
    losses.length === 0 ? "nothing was lost\n" : style.warn("lost") + "\n",
    table(losses.map(({ stage, name, reason, lost }) => [`  ${stage}`, named(name), reason, lost])),
    heading("budgets"),
    table(host.budgets.map(budgetOf)),
    heading("rows"),
    table(host.tables.map(({ name, rows }) => [`  ${name}`, rows])),
  ].join("");
}

const lostOf = (lost: number): string => (lost === 0 ? "" : `${lost} lost`);

const rateOf = ({ lifetimeMs, perMille }: Host["catchRates"][number]) => [
  `  ${lifetimeMs} ms`,
  `${(perMille / 10).toFixed(1)} %`,
];

/** What a number would not say by itself: a start is dear, and for some minutes an average is mostly the start's. */
const remarks: Readonly<Record<string, string>> = { processor: " on average since its start" };

function budgetOf({ name, used, limit, unit }: Host["budgets"][number]) {
  const shown = (amount: number): string =>
    unit === "bytes" ? sizeOf(amount) : unit === "percent" ? `${amount.toFixed(1)} %` : String(amount);
  return [`  ${name}`, `${shown(used)} of ${shown(limit)}${remarks[name] ?? ""}${used > limit ? ", exceeded" : ""}`];
}

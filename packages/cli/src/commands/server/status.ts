import { count } from "../../terminal/count.ts";
import type { Operations } from "@holdfast/contract/types";
import type { Command, Context } from "../../command.ts";
import { agentOption } from "../../settings.ts";
import { printable } from "../../terminal/printable.ts";
import { print } from "../../terminal/print.ts";
import { sizeOf } from "../../terminal/size.ts";
import type { Style } from "../../terminal/style.ts";
import { table } from "../../terminal/table.ts";
import { type AgentReport, agentReport, isAbsent } from "../agent-status/agent-report.ts";
import { agentRows } from "../agent-status/agent-rows.ts";
import { durationOf } from "./duration.ts";
import { sentenceOf } from "./finding.ts";

type Status = Operations["status"]["output"];

/** Shows what server and agent are and who one is to them. */
export const status: Command = {
  words: ["status"],
  summary: "Show the server and the agent of this host, who you are to them, and what they can do",
  options: [agentOption],
  examples: [
    { command: "holdfast status", says: "the local server, and the agent beside it" },
    { command: "holdfast status --agent", says: "the agent alone" },
    { command: "holdfast status --json", says: "the same for a program" },
  ],
  async run(context) {
    const { style } = context.output;
    if (context.settings.program === "agent") {
      const report = await agentReport(context);
      const rows = [...agentRows(report), ...rowsOf(report).slice(1)];
      print(context, report, () => table(rows) + featuresOf(report, style));
      return undefined;
    }
    const agent = await agentBeside(context);
    try {
      const answer = await context.call("status", {});
      const shown = { ...answer, ...("report" in agent && { agent: agent.report }) };
      const rows = [...rowsOf(answer), ...rowsBeside(agent)];
      print(context, shown, () => table(rows) + featuresOf(answer, style) + featuresBeside(agent, style));
    } catch (error) {
      // The agent is shown all the same: it goes on without the server.
      if (!context.settings.isJson) context.output.out(table(rowsBeside(agent)) + featuresBeside(agent, style));
      throw error;
    }
    return undefined;
  },
};

type Beside = { readonly report: AgentReport } | { readonly problem: string | undefined };

/** The agent of this host, if there is one and it can be asked. */
async function agentBeside({ agent }: Context): Promise<Beside> {
  try {
    return { report: await agentReport(agent) };
  } catch (error) {
    return { problem: isAbsent(error) ? undefined : sentenceOf(error) };
  }
}

function rowsBeside(agent: Beside): string[][] {
  if ("report" in agent) return agentRows(agent.report);
  return agent.problem === undefined ? [] : [["agent", agent.problem]];
}

const featuresBeside = (agent: Beside, style: Style): string =>
  "report" in agent ? featuresOf(agent.report, style, "agent ") : "";

function rowsOf({ version, uptimeSeconds, tenant, actor, node, ledger, storage, seal }: Status) {
  return [
    ["server", `holdfast ${version}, up ${durationOf(uptimeSeconds)}`],
    ["you", `${actor} in tenant ${tenant}`],
    ["ledger", `${count(ledger.size, "entry", "entries")}, checkpoint at ${ledger.checkpointSize}, ${ledger.origin}`],
    ["storage", storage.kind + (storage.sizeBytes === undefined ? "" : `, ${sizeOf(storage.sizeBytes)}`)],
    ...(storage.kind === "postgres" ? nodeRows(node, storage.dutyHolder) : []),
    ["seal", [seal.kind, seal.sealed ? "sealed" : "open", seal.detail].filter(Boolean).join(", ")],
  ];
}

/** Where there may be several: which of them answers, and which does what one of all has to do. */
function nodeRows(node = "unknown", dutyHolder = "no node at the moment"): string[][] {
  return [
    ["node", node],
    ["duties", dutyHolder],
  ];
}

/** Only what is missing or impaired is worth a line. */
function featuresOf({ features }: Pick<Status, "features">, style: Style, whose = ""): string {
  return features
    .filter(({ state }) => state !== "available")
    .map(({ name, state, detail }) => `${style.warn(state)}  ${printable(`${whose}${name}: ${detail}`)}\n`)
    .join("");
}

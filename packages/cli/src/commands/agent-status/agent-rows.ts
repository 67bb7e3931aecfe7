import { count } from "../../terminal/count.ts";
import { durationOf } from "../server/duration.ts";
import { type AgentReport, maxCounted } from "./agent-report.ts";

/** Rows of a status about the agent of this host. */
export function agentRows({ version, uptimeSeconds, host, openAlerts, ledger }: AgentReport): string[][] {
  const parts = [
    `holdfast ${version}`,
    `up ${durationOf(uptimeSeconds)}`,
    ...(host === undefined ? [] : [`source ${host.source}`, `sandbox ${host.sandbox.level}`]),
    count(ledger.size, "entry", "entries"),
  ];
  return [["agent", parts.join(", ")], ...(openAlerts === undefined ? [] : [["alerts", alertsText(openAlerts)]])];
}

function alertsText(open: number): string {
  if (open === 0) return "none open";
  return `${open >= maxCounted ? `${maxCounted} or more` : open} open: holdfast alerts`;
}

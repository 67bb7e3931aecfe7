import type { Operations } from "@holdfast/contract/types";
import type { Connection } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { Failure } from "../../failure.ts";

type Status = Operations["status"]["output"];
type Host = Operations["host.list"]["output"]["items"][number];

/** What a status tells of the agent of this host: as much as its caller may see. */
export interface AgentReport extends Status {
  readonly host?: Host;
  /** Alerts that nobody has taken note of, up to a bound. */
  readonly openAlerts?: number;
}

/** Counted up to here: more than this nobody counts. */
export const maxCounted = 100;

/** Asks the agent how it is; the state is a value, because a status is shown whatever becomes of a part of it. */
export async function agentReport(agent: Connection): Promise<AgentReport> {
  const [status, host, openAlerts] = await Promise.all([
    agent.call("status", {}),
    whereAllowed(agent.call("host.list", {}).then(({ items }) => items[0])),
    whereAllowed(agent.call("alert.list", { state: "open", limit: maxCounted }).then(({ items }) => items.length)),
  ]);
  return { ...status, ...(host !== undefined && { host }), ...(openAlerts !== undefined && { openAlerts }) };
}

/** An agent that is not there is no fault: not every host has one. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Failure && error.exitCode === exitCodes.unreachable;
}

async function whereAllowed<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Failure && error.exitCode === exitCodes.denied) return undefined;
    throw error;
  }
}

import type { Call, Connection } from "./command.ts";
import { Failure } from "./failure.ts";

/** What to do about a refusal where that differs between a server and an agent. */
const hints: Readonly<Record<string, string>> = {
  unauthenticated: "set HOLDFAST_AGENT_TOKEN with an explicit HOLDFAST_AGENT_SOCKET",
  forbidden: "see which rule decided: holdfast why --agent <resource>:<path>:<action>",
};

/** The way to an agent: the same calls, and hints that lead to it and not to a server. */
export function agentConnection({ call, confirm }: Connection): Connection {
  const through: Call = (name, input) => call(name, input).catch(hinted);
  return { call: through, confirm: () => confirm().catch(hinted) };
}

function hinted(error: unknown): never {
  const hint = error instanceof Failure && error.code !== undefined ? hints[error.code] : undefined;
  if (!(error instanceof Failure) || hint === undefined) throw error;
  throw new Failure(error.exitCode, error.message, hint, error.code);
}

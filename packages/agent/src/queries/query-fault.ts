import { Refusal } from "@holdfast/engine";

/** What an executor says ended a query, by its code. */
type FaultCode = "timeout" | "memory" | "refused" | "sql" | "cancelled" | "crashed" | "unavailable" | "busy";

/** What a caller is told of a query that did not come to its end; what nobody foresaw stays what it is. */
export function refusalOfFault(error: unknown, sql: string, timeoutMs: number): unknown {
  const facts = { sql };
  switch (codeOf(error)) {
    case "timeout":
      return new Refusal("query_stopped", `It ran longer than ${timeoutMs} ms.`, { facts });
    case "memory":
      return new Refusal("query_stopped", "It needed more memory than a query may.", {
        hint: "Select fewer columns, narrow it by WHERE, or leave out ORDER BY and GROUP BY.",
        facts,
      });
    case "cancelled":
      return new Refusal("query_stopped", "Its caller went away.", { facts });
    case "refused":
      // The second line of defence: what admission let through and SQLite's authorizer did not.
      return new Refusal("query_refused", "The executor refuses this statement.", { cause: error, facts });
    case "sql":
      return new Refusal("query_refused", `SQLite cannot run it: ${messageOf(error)}`, { cause: error, facts });
    case "crashed":
      return new Refusal("overloaded", "The executor ended while it ran; it is started again.", {
        retryAfterSeconds: 1,
        cause: error,
        facts,
      });
    case "unavailable":
      return new Refusal("overloaded", `There is no executor that could run it: ${messageOf(error)}`, {
        retryAfterSeconds: 30,
        hint: "`holdfast self-check --verbose` says how it is confined, and `holdfast status` whether it has started.",
        cause: error,
        facts,
      });
    case "busy":
      return new Refusal("overloaded", "Too many statements wait for the executor.", { retryAfterSeconds: 1, facts });
    case undefined:
      return error;
  }
}

const CODES: ReadonlySet<string> = new Set([
  "timeout",
  "memory",
  "refused",
  "sql",
  "cancelled",
  "crashed",
  "unavailable",
  "busy",
]);

function codeOf(error: unknown): FaultCode | undefined {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return CODES.has(code) ? (code as FaultCode) : undefined;
}

const MAX_MESSAGE = 500;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message.slice(0, MAX_MESSAGE) : "");

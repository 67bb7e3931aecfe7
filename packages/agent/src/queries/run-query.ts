import { type Input, type Plan, Refusal, type Run } from "@holdfast/engine";
import type { QueryResult } from "@holdfast/contract/types";
import type { Admission, AdmittedStatement } from "@holdfast/rules";
import { refusalOfFault } from "./query-fault.ts";
import { Room } from "./room.ts";

/** What the executor is asked to run: a statement that was admitted, and how much of an answer there may be. */
export interface QueryRequest {
  readonly statement: AdmittedStatement;
  readonly maxRows: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Runs a statement in the executor's process; rejects with an error whose `code` says what ended it. */
export type RunQuery = (request: QueryRequest) => Promise<QueryResult>;

/** What queries are answered with. */
export interface QueryParts {
  readonly admit: (sql: string) => Admission;
  readonly run: RunQuery;
}

const DEFAULT_ROWS = 1000;
const DEFAULT_TIMEOUT_MS = 10_000;
/** Queries of people that run side by side; rules have the executor's other places. */
const MAX_RUNNING = 2;

/** `query.run`: admission, then the executor. What was asked stands in the sealed payload, also when it was refused. */
export function runQuery({ admit, run }: QueryParts): Run {
  const room = new Room(MAX_RUNNING);
  return async ({ signal }, input): Promise<Plan> => {
    const { sql, limit, timeoutMs } = askedOf(input);
    const statement = admitted(admit(sql), sql);
    const release = room.enter();
    try {
      const output = await run({ statement, maxRows: limit, timeoutMs, signal });
      return { output, facts: { sql, rows: output.rows.length, isTruncated: output.isTruncated } };
    } catch (error) {
      throw refusalOfFault(error, sql, timeoutMs);
    } finally {
      release();
    }
  };
}

function askedOf({ body }: Input) {
  return {
    sql: body["sql"] as string,
    limit: (body["limit"] as number | undefined) ?? DEFAULT_ROWS,
    timeoutMs: (body["timeoutMs"] as number | undefined) ?? DEFAULT_TIMEOUT_MS,
  };
}

/** The statement, or the refusal with its place: whoever wrote it must find the word that is meant. */
function admitted(admission: Admission, sql: string): AdmittedStatement {
  if (admission.ok) return admission.statement;
  const { code, message, position, hint } = admission.refusal;
  const place = `line ${position.line}, column ${position.column}`;
  const advice = hint?.replace("the profile extended", "agent.detection.queryProfile: extended");
  throw new Refusal("query_refused", `${message} (${code}), at ${place}`, {
    ...(advice !== undefined && { hint: advice }),
    errors: [{ pointer: "/body/sql", message, position }],
    facts: { sql, refused: code },
  });
}

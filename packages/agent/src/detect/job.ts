import { ExecutorError } from "./errors.ts";
import {
  type Cell,
  MAX_REQUEST_BYTES,
  type ResultLimits,
  type RowBounds,
  type RunReply,
  type RunRequest,
} from "./protocol.ts";

/** An admitted statement, and which rows it is run over. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly Cell[];
  /** For each table that it reads; one that is missing is refused. */
  readonly bounds: Readonly<Record<string, RowBounds>>;
  readonly maxRows?: number;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface RunResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Whether rows, or ends of long values, were left out. */
  readonly isTruncated: boolean;
  /** In the executor, without waiting. */
  readonly durationMs: number;
}

/** A statement on its way, settled once. */
export interface Job {
  readonly id: number;
  readonly text: string;
  readonly timeoutMs: number;
  readonly isSettled: boolean;
  resolve(reply: RunReply): void;
  reject(error: ExecutorError): void;
}

let lastId = 0;

/** Makes a job of a statement; `onAbort` is called after the job was rejected because its signal said so. */
export function jobOf(
  statement: Statement,
  defaults: ResultLimits & { readonly timeoutMs: number },
  onAbort: () => void,
): { readonly job: Job; readonly result: Promise<RunResult> } {
  const { promise, resolve, reject } = Promise.withResolvers<RunResult>();
  const { signal } = statement;
  const id = ++lastId;
  const text = JSON.stringify(requestOf(id, statement, defaults));
  let isSettled = false;
  const settle = (end: () => void): void => {
    if (isSettled) return;
    isSettled = true;
    signal?.removeEventListener("abort", abort);
    end();
  };
  const abort = (): void => {
    settle(() => reject(new ExecutorError("cancelled", "The statement was cancelled.", signal?.reason)));
    onAbort();
  };
  const job: Job = {
    id,
    text,
    timeoutMs: statement.timeoutMs ?? defaults.timeoutMs,
    get isSettled() {
      return isSettled;
    },
    resolve: ({ columns, rows, isTruncated, durationMs }) =>
      settle(() => resolve({ columns, rows, isTruncated, durationMs })),
    reject: (error) => settle(() => reject(error)),
  };
  // A UTF-16 unit is three bytes at most.
  if (text.length * 3 > MAX_REQUEST_BYTES) job.reject(new ExecutorError("refused", "The statement is too long."));
  else if (signal?.aborted === true)
    job.reject(new ExecutorError("cancelled", "The statement was cancelled.", signal.reason));
  else signal?.addEventListener("abort", abort, { once: true });
  return { job, result: promise };
}

function requestOf(id: number, { sql, parameters, bounds, maxRows }: Statement, defaults: ResultLimits): RunRequest {
  const { maxBytes, maxCellLength } = defaults;
  return { id, sql, parameters, bounds, maxRows: maxRows ?? defaults.maxRows, maxBytes, maxCellLength };
}

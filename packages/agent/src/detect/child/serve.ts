import { writeSync } from "node:fs";
import { lockDown } from "../../sandbox/lock-down.ts";
import { loadNative, type Native } from "../../sandbox/native.ts";
import { letGoOfProgram } from "../../sandbox/own-program.ts";
import { type SandboxFeature, unavailableHere } from "../../sandbox/report.ts";
import { type ChildOptions, MAX_REQUEST_BYTES, type RunRequest } from "../protocol.ts";
import { authorize } from "./authorize.ts";
import { failureOf } from "./failure.ts";
import { link } from "./link.ts";
import { openDatabase } from "./open-database.ts";
import { runStatement } from "./run-statement.ts";
import { StatementCache } from "./statement-cache.ts";

/** Answers a request in place of SQLite; undefined for one that is not its own. */
export type Intercept = (request: RunRequest) => string | undefined;

const STDERR = 2;

/**
 * The executor's process: trusted set-up, then everything is locked, and only then is a request read. It ends when the
 * agent does, or is ended from outside in the middle of a query: a thread could not be (ATTACKS 37).
 */
export function serve(options: ChildOptions, intercept?: Intercept): void {
  const native = loadNative(options.nativeFiles);
  const { run, features } = prepare(native, options);
  link.write(JSON.stringify({ kind: "ready", features }));
  for (let text = link.read(MAX_REQUEST_BYTES); text !== undefined; text = link.read(MAX_REQUEST_BYTES)) {
    const request = JSON.parse(text) as RunRequest;
    link.write(answer(request, () => intercept?.(request) ?? run(request)));
  }
  native?._exit(0);
}

interface Prepared {
  readonly features: readonly SandboxFeature[];
  readonly run: (request: RunRequest) => string;
}

/** What is said here of a failure is all that the agent hears of it. */
function prepare(native: Native | undefined, options: ChildOptions): Prepared {
  try {
    const opened = openDatabase(options);
    const { database } = opened;
    const isAuthorized = !options.without.includes("authorizer");
    const watch = isAuthorized ? authorize(database, options.tables, options.functions) : undefined;
    const statements = new StatementCache(database, watch);
    if (native !== undefined) letGoOfProgram((...words) => native.madvise(...words));
    const features = lock(native, options);
    return { features, run: (request) => runStatement(opened, statements, request) };
  } catch (error) {
    writeSync(STDERR, error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}

function lock(native: Native | undefined, options: ChildOptions): readonly SandboxFeature[] {
  if (native === undefined) return [...options.features, ...unavailableHere()];
  const isInterpreted = options.flags.includes("--jitless");
  return [...options.features, ...lockDown(native, { ...options, isInterpreted })];
}

function answer(request: RunRequest, run: () => string): string {
  try {
    return run();
  } catch (error) {
    return JSON.stringify({ kind: "failed", id: request.id, ...failureOf(error) });
  }
}

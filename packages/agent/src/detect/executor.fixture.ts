import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { ruleTables } from "@holdfast/rules";
import { afterAll, beforeEach } from "vitest";
import { everything } from "./bounds.fixture.ts";
import { type EventFile, eventFile } from "./events.fixture.ts";
import { Executor } from "./executor.ts";
import type { ExecutorOptions } from "./executor-options.ts";
import type { Statement } from "./job.ts";
import type { Cell } from "./protocol.ts";

type OnTestFinished = (clean: () => void | Promise<void>) => void;

export interface Running {
  readonly executor: Executor;
  readonly events: EventFile;
  /** Runs SQL over all rows of all tables. */
  rows(sql: string, parameters?: readonly Cell[], over?: Partial<Statement>): Promise<readonly (readonly Cell[])[]>;
}

/** One executor for all tests of a block, each of which begins with empty tables. */
export function sharedExecutor(): Running {
  const cleaning: (() => void | Promise<void>)[] = [];
  const running = runningExecutor((clean) => cleaning.push(clean));
  beforeEach(() => running.events.database.exec(ruleTables.map(({ name }) => `DELETE FROM "${name}";`).join("\n")));
  afterAll(async () => {
    for (const clean of cleaning.reverse()) await clean();
  });
  return running;
}

/** An executor over a new event store; both are gone when the test ends. */
export function runningExecutor(onTestFinished: OnTestFinished, over: Partial<ExecutorOptions> = {}): Running {
  const events = eventFile(onTestFinished);
  const executor = new Executor({ databasePath: events.path, tables: ruleTables, ...over });
  onTestFinished(() => executor.close());
  return {
    executor,
    events,
    rows: async (sql, parameters = [], more = {}) =>
      (await executor.run({ sql, parameters, bounds: everything, ...more })).rows,
  };
}

/** The module that tries what a query should not: see executor-child.fixture.ts. */
export const hostile = { entry: new URL("executor-child.fixture.ts", import.meta.url) } as const;

/** A process and all that come of it. */
export function familyOf(pid: number): number[] {
  const children = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && parentOf(name) === pid);
  return [pid, ...children.flatMap((child) => familyOf(Number(child)))];
}

function parentOf(pid: string): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)!.split(" ")[1]);
  } catch {
    return undefined;
  }
}

/** Waits for what has to come; the test's own time limit ends the wait. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(10);
}

export function isAlive(pid: number): boolean {
  try {
    // A zombie has ended.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

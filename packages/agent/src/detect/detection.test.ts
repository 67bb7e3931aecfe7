import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ruleTables } from "@holdfast/rules";
import { describe, expect, it, onTestFinished } from "vitest";
import { EventStore, LossTally } from "../events/index.ts";
import { everything } from "./bounds.fixture.ts";
import { Executor } from "./executor.ts";
import type { ScheduledRule } from "./scheduled-rule.ts";
import { ruleOf, Told } from "./scheduler.fixture.ts";
import { Scheduler } from "./scheduler.ts";

/** The agent's own event store, executor and scheduler, as they are put together. */
function agent(rules: readonly ScheduledRule[]) {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-detection-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "events.db");
  const losses = new LossTally();
  const store = new EventStore({
    path,
    tables: ruleTables,
    memoryBudgetBytes: 100_000_000,
    maxBytes: 100_000_000,
    losses,
    onRenewed: () => {
      executor.renew();
      scheduler.rewrite();
    },
  });
  const executor: Executor = new Executor({ databasePath: path, tables: ruleTables });
  onTestFinished(async () => {
    await executor.close();
    store.close();
  });
  const told = new Told();
  const scheduler: Scheduler<ScheduledRule> = new Scheduler<ScheduledRule>({
    tables: ruleTables,
    source: store,
    memory: { recall: (name) => store.recall(name), remember: (values) => void store.write([], values) },
    run: (statement) => executor.run(statement),
    reports: told,
    metrics: told,
  });
  scheduler.setRules(rules);
  return { store, executor, told, scheduler };
}

const temporary = ruleOf(
  "temporary",
  `SELECT e.pid AS pid, e.path AS path, u.username AS who, e.seq AS seq FROM process_events AS e
   LEFT JOIN users AS u ON u.uid = e.uid WHERE e.path LIKE '/tmp/%'`,
);
const accounts = ruleOf("accounts", "SELECT u.username AS name FROM users AS u WHERE u.uid = 0");

const start = (pid: number, path: string) => ({ table: "process_events", row: { pid, path, uid: 5, type: "exec" } });

describe("rules over the agent's own event store", () => {
  it("find what happened, while it is written to, checkpointed and pruned", async () => {
    const { store, told, scheduler } = agent([temporary, accounts]);
    store.write([{ table: "users", row: { uid: 5, username: "eve" } }]);
    for (let pid = 0; pid < 5; pid++) {
      store.write([start(pid, pid % 2 === 0 ? "/tmp/x" : "/bin/ls")]);
      const tick = scheduler.tick();
      store.write([start(100 + pid, "/tmp/meanwhile")]);
      await tick;
      store.checkpoint();
    }
    await scheduler.tick();
    expect(told.failures).toEqual([]);
    expect(told.column("temporary", "pid")).toEqual([0, 100, 101, 2, 102, 103, 4, 104]);
    expect(new Set(told.column("temporary", "who"))).toEqual(new Set(["eve"]));
    expect(told.column("temporary", "seq").every(Number.isSafeInteger)).toBe(true);
  });

  it("judge a row of state again when it changed, and only then", async () => {
    const { store, told, scheduler } = agent([accounts, temporary]);
    const user = (username: string, description: string) => ({
      table: "users",
      row: { uid: 0, username, description },
    });
    store.write([user("root", "")]);
    await scheduler.tick();
    store.write([user("root", "")]);
    await scheduler.tick();
    expect(told.column("accounts", "name")).toEqual(["root"]);
    store.write([user("root", "someone else")]);
    await scheduler.tick();
    expect(told.column("accounts", "name")).toEqual(["root", "root"]);
  });

  it("go on in a new file when the old one was begun anew", async () => {
    const { store, executor, told, scheduler } = agent([temporary]);
    store.write([start(1, "/tmp/before")]);
    await scheduler.tick();
    store.renew("store_damaged");
    store.write([start(2, "/tmp/after")]);
    await scheduler.tick();
    expect(told.failures).toEqual([]);
    expect(told.column("temporary", "path")).toEqual(["/tmp/before", "/tmp/after"]);
    const { rows } = await executor.run({
      sql: "SELECT count(*) AS n FROM process_events",
      parameters: [],
      bounds: everything,
    });
    expect(rows).toEqual([[1]]);
  });
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { expect, it, onTestFinished } from "vitest";
import { familyOf, isAlive, until } from "./executor.fixture.ts";

/** An agent of which nothing is left but an executor in the middle of an endless query. */
const agent = `
  const { Executor } = await import(process.argv[1]);
  const { eventFile } = await import(process.argv[2]);
  const { endless, everything } = await import(process.argv[3]);
  const { ruleTables } = await import(process.argv[4]);
  const events = eventFile(() => {});
  events.add("process_events", Array.from({ length: 1000 }, (_, pid) => ({ pid })));
  const executor = new Executor({ databasePath: events.path, tables: ruleTables });
  await executor.start();
  executor.run({ sql: endless, parameters: [], bounds: everything }).catch(() => {});
  console.log(events.path);
`;

const modules = ["executor.ts", "events.fixture.ts", "bounds.fixture.ts"].map(
  (name) => new URL(name, import.meta.url).href,
);

it.skipIf(process.platform !== "linux")(
  "an executor ends in the middle of a query when the agent is killed (Linux)",
  async () => {
    const args = ["--input-type=module", "-e", agent, ...modules, import.meta.resolve("@holdfast/rules")];
    const started = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"], env: {} });
    onTestFinished(() => void started.kill("SIGKILL"));
    const [path] = (await once(createInterface(started.stdout), "line")) as [string];
    onTestFinished(() => rmSync(dirname(path), { recursive: true, force: true }));
    const executors = familyOf(started.pid!).filter((pid) => pid !== started.pid);
    expect(executors.length).toBeGreaterThan(0);
    started.kill("SIGKILL");
    await until(() => !executors.some(isAlive));
  },
);

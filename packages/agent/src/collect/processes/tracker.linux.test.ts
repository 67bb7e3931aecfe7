import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Accounts } from "../hosts/passwd.ts";
import { readBoot } from "../proc/boot.ts";
import { openProcFiles } from "../proc/direct-proc-files.ts";
import { TestTracker } from "./tracker.fixture.ts";

const isElsewhere = process.platform !== "linux";

function tracker(): TestTracker {
  const host = new TestTracker({
    files: openProcFiles("/proc"),
    boot: readBoot("/proc", Date.now(), undefined),
    accounts: new Accounts("/"),
    maxOpenStats: 512,
    identifyDeadlineMs: 60_000,
    rescanTicks: 1,
    now: Date.now,
  });
  onTestFinished(() => host.tracker.close());
  return host;
}

async function start(program: string, args: readonly string[]): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn(program, args, { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child, "spawn");
  return child as ChildProcess & { readonly pid: number };
}

function copyOfSleep(): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-run-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "napper");
  copyFileSync("/bin/sleep", path);
  chmodSync(path, 0o755);
  return path;
}

const of = (host: TestTracker, pid: number) => ({
  events: host.events.filter((row) => row["pid"] === pid),
  put: host.put.filter((row) => row["pid"] === pid),
});

test.skipIf(isElsewhere)(
  "a process of this host is found with its file, parent, user and arguments, and its end (needs Linux)",
  async () => {
    const host = tracker();
    const path = copyOfSleep();
    const child = await start(path, ["60"]);
    await host.scan();
    const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
    expect(of(host, child.pid).events).toMatchObject([
      {
        type: "found",
        name: "napper",
        path,
        cmdline: `${path} 60`,
        sha256,
        on_disk: 1,
        uid: process.getuid?.(),
        parent: process.pid,
        parent_path: process.execPath,
        is_complete: 1,
      },
    ]);
    child.kill();
    await once(child, "exit");
    await host.scan();
    expect(of(host, child.pid).events).toMatchObject([{ type: "exit" }]);
  },
);

test.skipIf(isElsewhere)(
  "a file that is replaced or deleted while it runs is not what is on disk any more (needs Linux)",
  async () => {
    const host = tracker();
    const path = copyOfSleep();
    const child = await start(path, ["60"]);
    await host.scan();
    renameSync(path, `${path}.moved`);
    copyFileSync("/bin/true", path);
    for (let scan = 0; scan < 3; scan++) await host.scan();
    const other = await start(copyOfSleep(), ["61"]);
    await host.scan();
    rmSync(String(of(host, other.pid).events[0]?.["path"]));
    await host.scan();
    expect(of(host, other.pid).put).toMatchObject([{ on_disk: 0 }]);
    child.kill();
  },
);

test.skipIf(isElsewhere)("a shell that becomes another program is seen as that program (needs Linux)", async () => {
  const host = tracker();
  const child = spawn("/bin/sh", ["-c", "read line; exec sleep 62"], { stdio: ["pipe", "ignore", "ignore"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child, "spawn");
  await host.scan();
  child.stdin?.end("go\n");
  const isSleep = () =>
    execFileSync("cat", [`/proc/${child.pid}/cmdline`])
      .toString()
      .startsWith("sleep");
  await expect.poll(isSleep).toBe(true);
  await host.scan();
  expect(of(host, child.pid ?? 0).events).toMatchObject([{ type: "found", cmdline: "sleep 62", name: "sleep" }]);
});

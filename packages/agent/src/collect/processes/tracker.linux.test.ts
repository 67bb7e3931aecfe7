import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Row } from "../../events/index.ts";
import { FileHashes } from "../file-hashes.ts";
import { Accounts } from "../hosts/passwd.ts";
import { readBoot } from "../proc/boot.ts";
import { openProcFiles } from "../proc/direct-proc-files.ts";
import { TestTracker } from "./tracker.fixture.ts";

const isElsewhere = process.platform !== "linux";
const LONG = { timeout: 60_000 };
/** Of the programs here, Node itself is larger. */
const MAX_HASHED_BYTES = 8 * 1024 * 1024;

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "holdfast-run-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** The kernel's own /proc, of which a tracker sees this process and those that a test starts. */
class RealHost {
  readonly #proc = folder();
  readonly #host: TestTracker;

  constructor() {
    this.show(process.pid);
    this.#host = new TestTracker({
      files: openProcFiles(this.#proc),
      boot: readBoot("/proc", Date.now(), undefined),
      accounts: new Accounts("/"),
      hashes: new FileHashes({ maxBytes: MAX_HASHED_BYTES }),
      maxOpenStats: 16,
      identifyDeadlineMs: 50_000,
      rescanTicks: 1,
      now: Date.now,
    });
    onTestFinished(() => this.#host.tracker.close());
  }

  show(pid: number): void {
    symlinkSync(`/proc/${pid}`, join(this.#proc, String(pid)));
  }

  async start(
    program: string,
    args: readonly string[],
  ): Promise<{ pid: number; stdin: Writable; end: () => Promise<void> }> {
    const child = spawn(program, args, { stdio: ["pipe", "ignore", "ignore"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child, "spawn");
    const { pid = 0, stdin } = child;
    this.show(pid);
    const end = async (): Promise<void> => {
      child.kill("SIGKILL");
      await once(child, "exit");
    };
    return { pid, stdin, end };
  }

  /** One look; rows of this process in both tables. */
  async scan(pid: number): Promise<{ events: Row[]; put: Row[] }> {
    await this.#host.scan();
    const { events, put } = this.#host;
    return { events: events.filter((row) => row["pid"] === pid), put: put.filter((row) => row["pid"] === pid) };
  }
}

function copyOfSleep(): string {
  const path = join(folder(), "napper");
  copyFileSync("/bin/sleep", path);
  chmodSync(path, 0o755);
  return path;
}

test.skipIf(isElsewhere)(
  "a process of this host is found with its file, parent, user and arguments, and its end (needs Linux)",
  LONG,
  async () => {
    const host = new RealHost();
    const path = copyOfSleep();
    const child = await host.start(path, ["60"]);
    const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
    expect((await host.scan(child.pid)).events).toMatchObject([
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
    await child.end();
    expect((await host.scan(child.pid)).events).toMatchObject([{ type: "exit" }]);
  },
);

test.skipIf(isElsewhere)(
  "a file that is replaced or deleted while it runs is not what is on disk any more (needs Linux)",
  LONG,
  async () => {
    const host = new RealHost();
    const path = copyOfSleep();
    const child = await host.start(path, ["60"]);
    await host.scan(child.pid);
    copyFileSync("/bin/true", `${path}.other`);
    renameSync(`${path}.other`, path);
    expect((await host.scan(child.pid)).put).toMatchObject([{ on_disk: 0, path }]);
    const other = await host.start(copyOfSleep(), ["60"]);
    const [found] = (await host.scan(other.pid)).events;
    rmSync(String(found?.["path"]));
    expect((await host.scan(other.pid)).put).toMatchObject([{ on_disk: 0, sha256: found?.["sha256"] }]);
  },
);

test.skipIf(isElsewhere)(
  "a process that sleeps is seen where its file stands after others have moved the folder (needs Linux)",
  LONG,
  async () => {
    const host = new RealHost();
    const above = folder();
    mkdirSync(join(above, "before"));
    copyFileSync("/bin/sleep", join(above, "before/napper"));
    const child = await host.start(join(above, "before/napper"), ["60"]);
    for (let look = 0; look < 3; look++) await host.scan(child.pid);
    renameSync(join(above, "before"), join(above, "after"));
    expect((await host.scan(child.pid)).put).toMatchObject([{ path: join(above, "after/napper"), on_disk: 1 }]);
  },
);

test.skipIf(isElsewhere)(
  "a shell that becomes another program is seen as that program (needs Linux)",
  LONG,
  async () => {
    const host = new RealHost();
    const shell = await host.start("/bin/sh", ["-c", "read line; exec sleep 62"]);
    await host.scan(shell.pid);
    shell.stdin.end("go\n");
    const isSleep = () => readFileSync(`/proc/${shell.pid}/cmdline`, "latin1").startsWith("sleep");
    await vi.waitUntil(isSleep, LONG);
    expect((await host.scan(shell.pid)).events).toMatchObject([{ type: "found", cmdline: "sleep 62", name: "sleep" }]);
  },
);

test.skipIf(isElsewhere)(
  "a process that moves to another folder is seen there, however shortly it ran for that (needs Linux)",
  LONG,
  async () => {
    const host = new RealHost();
    const shell = await host.start("/bin/sh", ["-c", "read line; cd /; read line"]);
    await host.scan(shell.pid);
    // What it has read of disks is not known at once.
    await host.scan(shell.pid);
    for (let look = 0; look < 2; look++) expect((await host.scan(shell.pid)).put).toEqual([]);
    shell.stdin.write("go\n");
    await vi.waitUntil(() => readlinkSync(`/proc/${shell.pid}/cwd`) === "/", LONG);
    expect((await host.scan(shell.pid)).put).toMatchObject([{ cwd: "/" }]);
  },
);

const UNSHARE = "/usr/bin/unshare";
const mayMount = spawnSync(UNSHARE, ["--mount", "true"]).status === 0;

test.skipIf(!mayMount)(
  "the file of a program in another root is looked for there (needs Linux and the right to mount)",
  LONG,
  async () => {
    const root = folder();
    for (const part of ["lib", "lib64", "usr"]) if (existsSync(`/${part}`)) mkdirSync(join(root, part));
    copyFileSync("/bin/sleep", join(root, "napper"));
    const mounts = ["lib", "lib64", "usr"].filter((part) => existsSync(`/${part}`));
    const script = [
      `mount --bind ${root} ${root}`,
      ...mounts.map((part) => `mount --bind /${part} ${root}/${part}`),
      `cd ${root}`,
      "mkdir old",
      "pivot_root . old",
      "exec /napper 60",
    ].join(" && ");
    const host = new RealHost();
    const child = await host.start(UNSHARE, ["--mount", "/bin/sh", "-c", script]);
    const isThere = () => readlinkSync(`/proc/${child.pid}/exe`) === "/napper";
    await vi.waitUntil(isThere, LONG);
    expect((await host.scan(child.pid)).events).toMatchObject([{ path: "/napper", on_disk: 1 }]);
  },
);

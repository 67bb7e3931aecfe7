import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ProcessEvent } from "../collect/index.ts";
import { auditSource } from "./audit/audit.ts";
import { connectorSource } from "./connector/connector.ts";
import { ebpfSource } from "./ebpf/ebpf.ts";
import type { EventSource } from "./event-source.ts";

/** The machine may be busy: how long something that comes for certain may take. */
const WAIT_MS = 30_000;

const makers = { connector: connectorSource, audit: auditSource, ebpf: ebpfSource } as const;

/** What a source told while it was started. */
class Heard {
  readonly events: ProcessEvent[] = [];
  readonly losses: (readonly [count: number, reason: string])[] = [];
  readonly failures: string[] = [];

  async start(source: EventSource): Promise<void> {
    const { state, detail } = await source.start(
      (event) => this.events.push(event),
      (count, reason) => this.losses.push([count, reason]),
      (detail) => this.failures.push(detail),
    );
    if (state !== "active") throw new Error(detail);
  }

  of(pid: number | undefined): ProcessEvent[] {
    return this.events.filter((event) => event.pid === pid);
  }

  get lost(): number {
    return this.losses.reduce((sum, [count]) => sum + count, 0);
  }

  /** Children of a process that ran a program. */
  execsUnder(parent: number | undefined): ProcessEvent[] {
    const children = new Set(this.events.filter((event) => event.parent === parent).map((event) => event.pid));
    return this.events.filter((event) => event.type === "exec" && children.has(event.pid));
  }
}

const ended = (child: ChildProcess): Promise<unknown> => new Promise((resolve) => child.once("exit", resolve));
const openDescriptors = (): number => readdirSync("/proc/self/fd").length;

/** Starts `count` programs, 500 a second, as children of the shell that is returned. */
function storm(count: number, marker: string): ChildProcess {
  const script = `i=0; while [ $i -lt ${count / 50} ]; do j=0
    while [ $j -lt 50 ]; do /bin/true ${marker} & j=$((j+1)); done; wait; sleep 0.1; i=$((i+1)); done`;
  return spawn("/bin/sh", ["-c", script], { stdio: "ignore" });
}

describe.each(Object.entries(makers))("the %s", { timeout: 120_000 }, (name, make) => {
  const obstacle = make().obstacle();
  const needs = obstacle === undefined ? "" : ` (not here: ${obstacle})`;
  let source: EventSource | undefined;
  afterEach(async () => {
    await source?.stop();
  });

  it.skipIf(obstacle !== undefined)(`tells of a real fork, exec and exit${needs}`, async () => {
    const heard = new Heard();
    source = make();
    await heard.start(source);
    // A shell forks by itself, and so that every source can tell.
    const shell = spawn("/bin/sh", ["-c", "sleep 0.2 & wait; exit 3"], { stdio: "ignore" });
    await ended(shell);
    const sleeping = () => heard.events.find((event) => event.type === "fork" && event.parent === shell.pid)?.pid;
    await vi.waitFor(() => {
      expect(heard.of(shell.pid).map((event) => event.type)).toEqual(expect.arrayContaining(["exec", "exit"]));
      expect(heard.of(sleeping()).map((event) => event.type)).toEqual(["fork", "exec", "exit"]);
    }, WAIT_MS);
    const exec = heard.of(sleeping()).find((event) => event.type === "exec");
    expect(exec).toMatchObject({
      source: name,
      name: "sleep",
      cmdline: ["sleep", "0.2", ""].join("\0"),
      uid: process.getuid?.(),
    });
    expect(exec?.path).toMatch(/\/(sleep|coreutils|busybox)$/);
    expect(heard.of(shell.pid).find((event) => event.type === "exit")).toMatchObject({ exitCode: 3 });
    expect(source.readings()).toEqual({ events: heard.events.length, lost: 0 });
  });

  it.skipIf(obstacle !== undefined)(`stamps events with the time since boot${needs}`, async () => {
    const heard = new Heard();
    source = make();
    await heard.start(source);
    const child = spawn("/bin/sleep", ["0.05"], { stdio: "ignore" });
    const startTicks = BigInt(execFileSync("cut", ["-d", " ", "-f22", `/proc/${child.pid}/stat`]).toString());
    await ended(child);
    await vi.waitFor(() => expect(heard.of(child.pid).map((event) => event.type)).toContain("exit"), WAIT_MS);
    for (const { timeNs } of heard.of(child.pid)) {
      // Audit knows milliseconds, of a clock that ticks in several of them.
      expect(timeNs! / 10_000_000n).toBeGreaterThanOrEqual(startTicks - 2n);
      expect(timeNs! / 10_000_000n).toBeLessThan(startTicks + 6000n);
    }
  });

  it.skipIf(obstacle !== undefined)(
    `explains every start of a storm: told or counted as lost${needs}`,
    { timeout: 60_000 },
    async () => {
      const heard = new Heard();
      source = make();
      await heard.start(source);
      const marker = `storm-${name}-${process.pid}`;
      const shell = storm(1500, marker);
      await ended(shell);
      // Audit cannot tell of each fork, but tells of each exec with its parent.
      await vi.waitFor(
        () => expect(heard.execsUnder(shell.pid).length + heard.lost).toBeGreaterThanOrEqual(1500),
        WAIT_MS,
      );
      expect(new Set(heard.execsUnder(shell.pid).map((event) => event.pid)).size).toBeLessThanOrEqual(1500 + 30);
    },
  );

  it.skipIf(obstacle !== undefined)(`counts what the kernel had no room for${needs}`, async () => {
    const heard = new Heard();
    source = make({ receiveBufferBytes: 65_536, ringBytes: 16_384, checkSeconds: 0.1 });
    await heard.start(source);
    // Nobody reads meanwhile.
    const shell = execFileSync("/bin/sh", ["-c", "i=0; while [ $i -lt 200 ]; do /bin/true; i=$((i+1)); done; echo $$"]);
    const parent = Number(shell.toString());
    await vi.waitFor(() => expect(heard.execsUnder(parent).length + heard.lost).toBeGreaterThanOrEqual(200), WAIT_MS);
    expect(heard.lost).toBeGreaterThan(0);
    expect(source.readings().lost).toBe(heard.lost);
  });

  it.skipIf(obstacle !== undefined)(`gives back every descriptor, and is silent afterwards${needs}`, async () => {
    const heard = new Heard();
    source = make();
    await heard.start(source);
    await source.stop();
    const before = openDescriptors();
    await heard.start(source);
    expect(openDescriptors()).toBeGreaterThan(before);
    await source.stop();
    expect(openDescriptors()).toBe(before);
    heard.events.length = 0;
    execFileSync("/bin/true");
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard.events).toEqual([]);
  });
});

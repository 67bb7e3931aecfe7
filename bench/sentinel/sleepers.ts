import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { LeftOut } from "./measured.ts";

/** A sleeping process costs the kernel and its own pages about this much. */
const bytesEach = 512 * 1024;
const bytesToSpare = 1024 * 1024 * 1024;
const pidsToSpare = 2_000;
const startMs = 120_000;
const stopMs = 20_000;

/** In small lots, for others run here too. The shell ends its whole group when it is told to, and when nobody is left to tell it. */
const script = `
i=0
while [ $i -lt "$1" ]; do
  sleep "$2" >/dev/null &
  i=$((i+1))
  [ $((i % 50)) -ne 0 ] || sleep 0.05
done
echo ready
read -r line
kill -9 0`;

/** So many processes that sleep: children of one shell, in a group of their own, for a bounded time. */
export class Sleepers {
  readonly #shell: ChildProcess;
  readonly #ended: Promise<unknown>;

  private constructor(shell: ChildProcess) {
    this.#shell = shell;
    this.#ended = new Promise((resolve) => shell.once("exit", resolve));
  }

  /** Throws LeftOut where there is no room for them. */
  static async start(count: number, maxSeconds: number): Promise<Sleepers> {
    checkRoom(count);
    const shell = spawn("/bin/sh", ["-c", script, "sleepers", String(count), String(maxSeconds)], {
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
    });
    const sleepers = new Sleepers(shell);
    try {
      await untilReady(shell, count);
    } catch (error) {
      await sleepers[Symbol.asyncDispose]();
      throw error;
    }
    return sleepers;
  }

  /** Returns when all of them are gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#shell.stdin?.destroy();
    const impatience = setTimeout(() => this.#signal("SIGKILL"), stopMs);
    await this.#ended;
    clearTimeout(impatience);
    // Where the shell ended before its children; thousands take a moment.
    this.#signal("SIGKILL");
    for (const end = performance.now() + stopMs; this.#signal(0) && performance.now() < end; await sleep(50));
  }

  /** False when the group has no member any more. */
  #signal(signal: NodeJS.Signals | 0): boolean {
    const { pid } = this.#shell;
    if (pid === undefined) return false;
    try {
      return process.kill(-pid, signal);
    } catch {
      return false;
    }
  }
}

function checkRoom(count: number): void {
  const available = Number(/^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "latin1"))?.[1]) * 1024;
  const needed = count * bytesEach + bytesToSpare;
  if (available < needed) {
    throw new LeftOut(`${count} processes need ${Math.ceil(needed / 2 ** 20)} MiB of memory that is not used`);
  }
  const pids = Number(readFileSync("/proc/sys/kernel/pid_max", "latin1"));
  if (pids < count + pidsToSpare) throw new LeftOut(`${count} processes: the kernel numbers ${pids} only`);
}

function untilReady(shell: ChildProcess, count: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let complaint = "";
  const fail = (why: string) => reject(new LeftOut(`${count} processes could not be started: ${why} ${complaint}`));
  const patience = setTimeout(() => fail(`not within ${startMs / 1000} s`), startMs);
  shell.stdout?.once("data", () => resolve());
  shell.stderr?.on("data", (chunk: Buffer) => {
    complaint = `${complaint}${chunk.toString()}`.slice(0, 500);
  });
  shell.once("error", reject);
  shell.once("exit", () => fail("the shell ended"));
  return promise.finally(() => clearTimeout(patience));
}

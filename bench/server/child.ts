import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";

const readyMs = 60_000;
const stopMs = 20_000;
const ticksPerSecond = 100;

/** A run that is cut short takes its servers with it. */
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** A server in a process of its own. */
export class Child {
  readonly pid: number;
  /** From the start of the process to the line that says it is ready. */
  readonly startedInMs: number;
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess, startedInMs: number) {
    this.#process = child;
    this.pid = child.pid!;
    this.startedInMs = startedInMs;
  }

  /** Resolves when the program prints a line with "ready"; rejects with what it wrote when it ends before. */
  static async start(command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Child> {
    const [program = "", ...words] = command;
    const startedAt = performance.now();
    const child = spawn(program, words, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    running.add(child);
    child.once("exit", () => running.delete(child));
    try {
      await untilReady(child, command);
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    }
    return new Child(child, performance.now() - startedAt);
  }

  /** User and system time of all its threads so far. */
  cpuSeconds(): number {
    const stat = readFileSync(`/proc/${this.pid}/stat`, "latin1");
    // The name in parentheses may hold anything; fields 14 and 15 of proc(5) are counted from behind it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  }

  residentMebibytes(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, "latin1");
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill("SIGTERM");
    const impatience = setTimeout(() => this.#process.kill("SIGKILL"), stopMs);
    await ended;
    clearTimeout(impatience);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

function untilReady(child: ChildProcess, command: readonly string[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let printed = "";
  const fail = (why: string) => reject(new Error(`${command.join(" ")} ${why}\n${printed.slice(-4000)}`));
  const patience = setTimeout(() => fail(`was not ready after ${readyMs} ms`), readyMs);
  child.stdout?.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
    if (/\bready\b/.test(printed)) resolve();
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  child.once("error", reject);
  child.once("exit", (code) => fail(`ended with ${code}`));
  return promise.finally(() => clearTimeout(patience));
}

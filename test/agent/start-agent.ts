import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Program, shipped } from "../program/program.ts";

const READY = /is ready after \d+ ms/;
const START_TIMEOUT_MS = 60_000;

export interface AgentStart {
  /** Reused when given, and then left alone at the end; a fresh temporary folder otherwise. */
  readonly dataDir?: string;
  /** A file of settings in place of those of the machine. */
  readonly config: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What users run when left out. */
  readonly program?: Program;
}

/** A real agent in a process of its own, started as a user starts it. */
export interface TestAgent {
  readonly process: ChildProcess;
  readonly dataDir: string;
  readonly socketPath: string;
  /** What it has printed so far, on both streams. */
  readonly output: () => string;
  /** Ends as Ctrl-C does; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** Removes the data folder, when it was made here. */
  remove(): void;
}

/** Starts `holdfast agent` and waits until it is ready; rejects with its output when it is not. */
export async function startAgent({
  dataDir: given,
  config,
  env = {},
  program = shipped,
}: AgentStart): Promise<TestAgent> {
  const dataDir = given ?? join(mkdtempSync(join(tmpdir(), "holdfast-agent-")), "data");
  const words = ["agent", "--data-dir", dataDir, "--config", config];
  const child = spawn(process.execPath, ["--disable-sigusr1", program.main, ...words], {
    // State beside the data folder, and nothing of whoever runs the tests.
    env: { PATH: process.env["PATH"], HOME: join(dataDir, ".."), ...program.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`not ready in time:\n${output}`));
    }, START_TIMEOUT_MS);
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (!READY.test(output)) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    void exited.then((code) => {
      clearTimeout(timer);
      reject(new Error(`exit ${String(code)}:\n${output}`));
    });
  });
  return {
    process: child,
    dataDir,
    socketPath: join(dataDir, "socket"),
    output: () => output,
    stop() {
      child.kill("SIGINT");
      return exited;
    },
    remove() {
      if (given === undefined) rmSync(join(dataDir, ".."), { recursive: true, force: true });
    },
  };
}

import { type ChildProcess, spawn } from "node:child_process";
import type { Logger } from "@holdfast/engine";
import type { Environment, Feature } from "@holdfast/runtime";
import { agentEnvironment } from "./agent-environment.ts";

const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 60_000;
/** An agent that ran for so long had started well: what ended it is a new matter. */
const STEADY_MS = 60_000;
/** It ends its parts one after another, each within seconds. */
const STOP_MS = 20_000;

/** How the agent of this host is started. */
export interface AgentCommand {
  readonly program: string;
  /** Without its data folder, which is told by the environment. */
  readonly words: readonly string[];
}

export interface AgentBesideOptions {
  readonly command: AgentCommand;
  readonly dataDir: string;
  readonly checkpointDir: string;
  readonly environment: Environment;
  readonly log: Logger;
  /** What tests replace. */
  readonly firstDelayMs?: number;
  readonly stopMs?: number;
}

/** Runs the agent of this host as a child: it is started again when it ends, waits longer each time, and ends with the server. */
export class AgentBeside {
  readonly #options: AgentBesideOptions;
  #child: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #isReady = false;
  #isStopping = false;
  #problem = "it is starting";

  constructor(options: AgentBesideOptions) {
    this.#options = options;
  }

  get dataDir(): string {
    return this.#options.dataDir;
  }

  /** What `status` says of it. */
  feature(): Feature {
    const name = "agent";
    return this.#isReady
      ? { name, state: "available", detail: `watches this host; its data is in ${this.#options.dataDir}` }
      : { name, state: "degraded", detail: this.#problem };
  }

  start(): void {
    const { command, environment, dataDir, checkpointDir } = this.#options;
    const startedAt = performance.now();
    const child = spawn(command.program, command.words, {
      env: agentEnvironment(environment, { dataDir, checkpointDir }),
      // A session of its own: Ctrl-C in a terminal reaches the server alone, which then ends its agent in order. The
      // channel ends with the server, whatever ends that, and the agent with the channel.
      detached: true,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#child = child;
    child.on("message", () => {
      this.#isReady = true;
    });
    this.#exited = new Promise((resolve) => {
      const ended = (how: string) => {
        resolve();
        this.#ended(how, performance.now() - startedAt);
      };
      child.once("error", (error) => ended(error.message));
      // Of a process that has ended already, and of a channel to it: without anybody who listens they would end the server.
      child.on("error", () => undefined);
      child.once("exit", (code, signal) => ended(code === null ? String(signal) : `exit code ${code}`));
    });
  }

  /** Ends it and waits until it has ended: by force when it does not. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === undefined) return;
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), this.#options.stopMs ?? STOP_MS);
    await this.#exited;
    clearTimeout(timer);
  }

  #ended(how: string, ranMs: number): void {
    // A spawn that failed may say so twice.
    if (this.#child === undefined) return;
    this.#child = undefined;
    this.#isReady = false;
    if (this.#isStopping) return;
    this.#failures = ranMs > STEADY_MS ? 1 : this.#failures + 1;
    const delayMs = delayAfter(this.#failures, this.#options.firstDelayMs ?? FIRST_DELAY_MS);
    this.#problem = `it ended (${how}), and is started again`;
    this.#options.log.warn({ how, againInMs: delayMs }, "the agent of this host ended; it is started again");
    this.#timer = setTimeout(() => this.start(), delayMs);
    this.#timer.unref();
  }
}

/** Doubles with each failure in a row, up to a minute. */
const delayAfter = (failures: number, firstMs: number): number => Math.min(MAX_DELAY_MS, firstMs * 2 ** (failures - 1));

import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { Wrapper } from "../sandbox/index.ts";
import { childEnvironment, childFlags } from "./child-flags.ts";
import { FrameReader, frameOf } from "./frame.ts";
import { type ChildMessage, type ChildOptions, MAX_REPLY_BYTES } from "./protocol.ts";
import { parseMessage } from "./parse-message.ts";

export interface ProcessOptions {
  readonly child: ChildOptions;
  /** What locks down before exec, where that can be done; else the child is started by itself. */
  readonly launcher: string | undefined;
  readonly wrapper: Wrapper | undefined;
}

/** How a child ended. */
export interface Ending {
  readonly kind: "killed" | "memory" | "crashed";
  readonly message: string;
}

export interface ProcessEvents {
  readonly message: (message: ChildMessage) => void;
  /** Comes once, last. */
  readonly end: (ending: Ending) => void;
}

const MAX_STDERR = 4_096;
/** It says a few lines as it ends; without end it would occupy the agent. */
const MOST_SAID_BYTES = 1_048_576;
/** What V8 and the C++ library say as they end for want of memory. */
const OUT_OF_MEMORY = /out of memory|allocation failed|bad_alloc|OOM/i;

/** One process of the executor: frames in, frames out, and an ending. What it sends is not trusted. */
export class ExecutorProcess {
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #events: ProcessEvents;
  readonly #frames = new FrameReader(MAX_REPLY_BYTES);
  #stderr = "";
  #saidBytes = 0;
  #isReady = false;
  #fault: string | undefined;
  #wasKilled = false;

  constructor(options: ProcessOptions, events: ProcessEvents) {
    this.#events = events;
    const [command, args] = commandOf(options);
    this.#process = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], env: { ...childEnvironment }, cwd: "/" });
    this.#process.stdin.on("error", () => {}); // Its ending tells.
    this.#process.stdout.on("data", (chunk: Buffer) => this.#take(chunk));
    this.#process.stderr.on("data", (chunk: Buffer) => this.#hear(chunk));
    this.#process.on("error", (error) => {
      // Not started at all: there is no exit to wait for.
      if (this.#process.pid === undefined) events.end({ kind: "crashed", message: `not started: ${error.message}` });
    });
    this.#process.on("close", (code, signal) => {
      if (this.#process.pid !== undefined) events.end(this.#ending(code, signal));
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  send(text: string): void {
    this.#process.stdin.write(frameOf(text));
  }

  /** Ends it wherever it is: nothing in it can hold that up. */
  kill(): void {
    this.#wasKilled = true;
    this.#process.kill("SIGKILL");
  }

  #take(chunk: Buffer): void {
    if (this.#wasKilled) return;
    try {
      for (const text of this.#frames.push(chunk)) this.#hand(parseMessage(text));
    } catch (error) {
      this.#refuse(error instanceof Error ? error.message : String(error));
    }
  }

  /** What locks it down is said once, before anything foreign ran in it: later it could say anything. */
  #hand(message: ChildMessage): void {
    if (message.kind === "ready" && this.#isReady) throw new TypeError("it is ready a second time");
    this.#isReady = true;
    this.#events.message(message);
  }

  #hear(chunk: Buffer): void {
    this.#saidBytes += chunk.length;
    if (this.#saidBytes > MOST_SAID_BYTES) return this.#refuse("it does not stop complaining");
    this.#stderr = (this.#stderr + chunk.toString("latin1")).slice(-MAX_STDERR);
  }

  #refuse(fault: string): void {
    this.#fault ??= fault;
    this.kill();
  }

  #ending(code: number | null, signal: string | null): Ending {
    if (this.#fault !== undefined)
      return { kind: "crashed", message: `it did not keep to the protocol: ${this.#fault}` };
    if (this.#wasKilled) return { kind: "killed", message: "it was ended" };
    if (OUT_OF_MEMORY.test(this.#stderr)) return { kind: "memory", message: "it ended for want of memory" };
    if (signal === "SIGSYS" || code === SIGSYS_AS_CODE) {
      return { kind: "crashed", message: "it called what the system call filter refuses, and was ended for it" };
    }
    const how = signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`;
    const said = lastLines(this.#stderr);
    return { kind: "crashed", message: said === "" ? how : `${how}: ${said}` };
  }
}

/** What a wrapper says of a program that a signal ended: 128 + SIGSYS. */
const SIGSYS_AS_CODE = 128 + 31;

function commandOf({ child, launcher, wrapper }: ProcessOptions): readonly [string, string[]] {
  const node = [process.execPath, ...childFlags, launcher ?? child.entry, JSON.stringify(child)];
  const [command, ...args] = wrapper === undefined ? node : [wrapper.command, ...wrapper.args, ...node];
  return [command!, args];
}

/** The end of what it said, on one line, without control characters. */
function lastLines(stderr: string): string {
  const text = stderr.replace(/[^\x20-\x7e]+/g, " ").trim();
  return text.length > 400 ? `… ${text.slice(-400)}` : text;
}

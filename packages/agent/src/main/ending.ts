import { setTimeout as after } from "node:timers/promises";
import type { Logger } from "@holdfast/engine";

/** What feeds another ends before it; the ledger goes last, for all of them write to it. */
export const stages = ["collectors", "store", "detection", "notification", "doors", "ledger", "files"] as const;

export type Stage = (typeof stages)[number];

/** One part that hangs must not keep the others from ending in order. */
const STAGE_MS = 8_000;

/** The end of an agent, noted down while it starts: whatever has begun by then is ended, in one order. */
export class Ending {
  readonly #log: Logger;
  readonly #stageMs: number;
  readonly #closers = new Map<Stage, (() => Promise<void> | void)[]>();
  #run: Promise<void> | undefined;

  constructor(log: Logger, stageMs: number = STAGE_MS) {
    this.#log = log;
    this.#stageMs = stageMs;
  }

  /** Within a stage, what was begun last ends first. */
  at(stage: Stage, close: () => Promise<void> | void): void {
    this.#closers.set(stage, [close, ...(this.#closers.get(stage) ?? [])]);
  }

  /** Ends everything, once; what fails or hangs is told, and the rest goes on. */
  run(): Promise<void> {
    this.#run ??= this.#all();
    return this.#run;
  }

  async #all(): Promise<void> {
    for (const stage of stages) {
      const waiting = new AbortController();
      const timer = after(this.#stageMs, "late" as const, { signal: waiting.signal }).catch(() => "late" as const);
      const done = this.#stage(stage).then(() => "done" as const);
      if ((await Promise.race([done, timer])) === "late")
        this.#log.error({ stage }, "a part of the agent does not end");
      waiting.abort();
    }
  }

  async #stage(stage: Stage): Promise<void> {
    for (const close of this.#closers.get(stage) ?? []) {
      try {
        await close();
      } catch (error) {
        this.#log.error({ err: error, stage }, "a part of the agent did not end as it should");
      }
    }
  }
}

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { BenchLog } from "./bench-log.ts";

/** What the thread of an appending node is told when it starts. */
export interface AppenderOptions {
  readonly log: BenchLog;
  readonly node: string;
  readonly batchOperations: number;
  readonly isOnDuty: boolean;
}

/** Appends for so long, or ends. */
export type AppendOrder = { readonly milliseconds: number } | "close";

/** What a node came to. */
export interface Appended {
  readonly batches: number;
  readonly perSecond: number;
  /** Batches that another node was ahead of at least once. */
  readonly contended: number;
  /** How often these had to be made again. */
  readonly retries: number;
}

/** A node that only appends: its committer's two threads and its connections, without doors and a gate. */
export class Appender {
  readonly #worker: Worker;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  static async start(options: AppenderOptions): Promise<Appender> {
    const worker = new Worker(new URL("append-worker.ts", import.meta.url), { workerData: options });
    await once(worker, "message");
    return new Appender(worker);
  }

  async append(milliseconds: number): Promise<Appended> {
    this.#order({ milliseconds });
    const [appended] = (await once(this.#worker, "message")) as [Appended];
    return appended;
  }

  async stop(): Promise<void> {
    const ended = once(this.#worker, "exit");
    this.#order("close");
    await ended;
  }

  #order(order: AppendOrder): void {
    this.#worker.postMessage(order);
  }
}

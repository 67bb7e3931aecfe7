import { percentile } from "../measure/statistics.ts";
import { Connection } from "./connection.ts";
import type { LoadPlan, LoadResult } from "./plan.ts";
import { type Requests, requestsOf } from "./requests.ts";

const patienceMs = 10_000;

/** One load, from its first connection to its last answer. */
export class LoadRun {
  readonly #plan: LoadPlan;
  readonly #requests: Requests;
  readonly #latenciesMs: Float64Array;
  readonly #finished = Promise.withResolvers<void>();
  readonly #startedAt = performance.now();
  readonly #countFrom: number;
  readonly #end: number;
  #seed = 1;
  #sent = 0;
  #counted = 0;
  #open: number;

  constructor(plan: LoadPlan) {
    this.#plan = plan;
    this.#requests = requestsOf(plan);
    this.#latenciesMs = new Float64Array(plan.maxRequests);
    this.#countFrom = this.#startedAt + plan.warmUpSeconds * 1000;
    this.#end = this.#countFrom + plan.seconds * 1000;
    this.#open = plan.connections;
    for (let index = 0; index < plan.connections; index += 1) this.#connect();
  }

  async result(): Promise<LoadResult> {
    const patience = setTimeout(
      () => this.#finished.reject(new Error("the server stopped answering")),
      this.#end - performance.now() + patienceMs,
    );
    await this.#finished.promise;
    clearTimeout(patience);
    const endedAt = performance.now();
    const { user, system } = process.cpuUsage();
    const latencies = this.#latenciesMs.subarray(0, this.#counted);
    return {
      requests: this.#counted,
      seconds: (endedAt - this.#countFrom) / 1000,
      sent: this.#sent,
      p50Ms: percentile(latencies, 0.5),
      p99Ms: percentile(latencies, 0.99),
      generatorCpuShare: (user + system) / 1000 / (endedAt - this.#startedAt),
    };
  }

  #connect(): void {
    let sentAt = 0;
    new Connection(this.#plan.socket, {
      next: () => {
        sentAt = performance.now();
        return this.#next(sentAt);
      },
      answered: () => {
        const now = performance.now();
        if (now >= this.#countFrom) this.#latenciesMs[this.#counted++] = now - sentAt;
      },
      failed: this.#finished.reject,
    });
  }

  #next(now: number): Buffer | undefined {
    const { maxRequests, readsOfTen, keys } = this.#plan;
    if (this.#sent === maxRequests || now >= this.#end) {
      this.#open -= 1;
      if (this.#open === 0) this.#finished.resolve();
      return undefined;
    }
    const kind = this.#sent % 10 < readsOfTen ? this.#requests.reads : this.#requests.writes;
    this.#sent += 1;
    // Numerical Recipes' generator: the same keys in the same order, each time.
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0;
    return kind[(this.#seed >>> 8) % keys];
  }
}

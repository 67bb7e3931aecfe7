import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { BackPressure } from "./back-pressure.ts";
import { BatchWriter } from "./batch-writer.ts";
import { event, testFolder } from "./events.fixture.ts";
import { LossTally } from "./loss-tally.ts";
import { MemoryStore } from "./memory-store.fixture.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
afterEach(() => void vi.useRealTimers());

type Step =
  | { readonly put: number }
  | { readonly failing: boolean }
  | { readonly advanceMs: number }
  | { readonly pressure: boolean }
  | { readonly flush: true }
  | { readonly restart: true };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ put: fc.integer({ min: 0, max: 30 }) }) },
  { weight: 3, arbitrary: fc.record({ failing: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ advanceMs: fc.integer({ min: 0, max: 8_000 }) }) },
  { weight: 1, arbitrary: fc.record({ pressure: fc.boolean() }) },
  { weight: 2, arbitrary: fc.constant({ flush: true } as const) },
  { weight: 1, arbitrary: fc.constant({ restart: true } as const) },
);

const policies: Readonly<Record<string, (folder: string) => BackPressure>> = {
  "drop-oldest": () => ({ kind: "drop-oldest" }),
  block: () => ({ kind: "block", timeoutMs: 3_000 }),
  spill: (folder) => ({ kind: "spill", path: join(folder, "spill"), maxBytes: 2_500 }),
  adaptive: () => ({ kind: "adaptive" }),
};

/** One run of the model: what went in, and the writer that it went to. */
class Run {
  readonly store = new MemoryStore();
  readonly losses = new LossTally();
  readonly #policy: BackPressure;
  readonly #puts: Promise<void>[] = [];
  #writer: BatchWriter;
  sent = 0;

  constructor(policy: BackPressure) {
    this.#policy = policy;
    this.#writer = this.#open();
  }

  async take(step: Step): Promise<void> {
    if ("put" in step) this.#put(step.put);
    else if ("failing" in step) this.store.isFailing = step.failing;
    else if ("advanceMs" in step) await vi.advanceTimersByTimeAsync(step.advanceMs);
    else if ("pressure" in step) this.#writer.setMemoryPressure(step.pressure);
    else if ("flush" in step) await this.#writer.flush();
    else await this.#restart();
  }

  async end(): Promise<void> {
    this.store.isFailing = false;
    this.#writer.setMemoryPressure(false);
    await vi.advanceTimersByTimeAsync(120_000);
    await this.#close();
  }

  #open(): BatchWriter {
    const { store, losses } = this;
    const now = { monotonicMs: () => Date.now() };
    return new BatchWriter({ store, losses, policy: this.#policy, capacityRows: 12, batchRows: 5, ...now });
  }

  #put(count: number): void {
    const events = Array.from({ length: count }, (_, index) => event(this.sent + index));
    this.sent += count;
    this.#puts.push(this.#writer.put(events));
  }

  async #close(): Promise<void> {
    await this.#writer.close();
    await Promise.all(this.#puts);
  }

  /** Ends and begins again; what could not be written stands in the file, or was counted. */
  async #restart(): Promise<void> {
    await this.#close();
    this.#writer = this.#open();
  }
}

test.each(Object.entries(policies))("nothing is lost without a count: %s", async (name, policyIn) => {
  const folder = testFolder();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const model = new Run(policyIn(mkdtempSync(join(folder, "run-"))));
      for (const each of steps) await model.take(each);
      await model.end();
      const { pids, losses } = model.store;
      const told = losses.reduce((sum, loss) => sum + Number((loss as { lost: number }).lost), 0);
      const untold = model.losses.take().reduce((sum, { lost }) => sum + lost, 0);
      expect(pids.length + model.losses.total).toBe(model.sent);
      expect(told + untold).toBe(model.losses.total);
      expect(new Set(pids).size).toBe(pids.length);
      // A program that ends while the store fails puts what was in memory behind what it had spilled.
      const isRestarted = name === "spill" && steps.some((each) => "restart" in each);
      const isInOrder = pids.every((pid, index) => index === 0 || pid > Number(pids[index - 1]));
      expect(isRestarted || isInOrder).toBe(true);
    }),
    { numRuns: 150 },
  );
});

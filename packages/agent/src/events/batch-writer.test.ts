import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { BackPressure } from "./back-pressure.ts";
import { BatchWriter, type BatchWriterOptions } from "./batch-writer.ts";
import { event, openStore, processRow, queryFile, testFolder } from "./events.fixture.ts";
import { MemoryStore } from "./memory-store.fixture.ts";
import { LossTally } from "./loss-tally.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

function writerOf(policy: BackPressure, options: Partial<BatchWriterOptions> = {}) {
  const store = new MemoryStore();
  const losses = new LossTally();
  const failures: string[] = [];
  const writer = new BatchWriter({
    store,
    losses,
    policy,
    capacityRows: 10,
    batchRows: 4,
    monotonicMs: () => Date.now(),
    onFailure: ({ code }) => failures.push(code),
    ...options,
  });
  return { store, losses, writer, failures };
}

const dropOldest: BackPressure = { kind: "drop-oldest" };

describe("a batch is written", () => {
  test("when it is full, without anybody asking", async () => {
    const { store, writer } = writerOf(dropOldest);
    await writer.put(range(0, 4).map((pid) => event(pid)));
    await vi.advanceTimersByTimeAsync(1);
    expect(store.pids).toEqual([0, 1, 2, 3]);
  });

  test("when its oldest row has waited long enough", async () => {
    const { store, writer } = writerOf(dropOldest, { delayMs: 5_000 });
    await writer.put([event(1)]);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(store.pids).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(store.pids).toEqual([1]);
  });

  test("at once when a tick asks for it, in parts of one batch each", async () => {
    const { store, writer } = writerOf(dropOldest);
    await writer.put(range(0, 9).map((pid) => event(pid)));
    await vi.runAllTimersAsync();
    await writer.flush();
    expect(store.batches).toEqual([4, 4, 1]);
  });

  test("later when the store fails, ever more seldom, and nothing of it is lost", async () => {
    const { store, losses, writer, failures } = writerOf(dropOldest);
    store.isFailing = true;
    await writer.put([event(1), event(2)]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(failures.length).toBeGreaterThan(3);
    expect(failures.length).toBeLessThan(8);
    expect(writer.readings()).toMatchObject({ queuedRows: 2 });
    store.isFailing = false;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(store.pids).toEqual([1, 2]);
    expect(losses.total).toBe(0);
    expect(writer.readings()).toMatchObject({ queuedRows: 0, retryInMs: 0 });
  });
});

test("a full store is asked to make room before it is tried again", async () => {
  const { store, writer } = writerOf(dropOldest);
  store.isFailing = true;
  await writer.put([event(1)]);
  await writer.flush();
  expect(store.prunes).toBe(1);
});

describe("without room in the queue", () => {
  test("the oldest makes room, and the loss stands as a row once it can", async () => {
    const { store, losses, writer } = writerOf(dropOldest);
    store.isFailing = true;
    await writer.put(range(0, 13).map((pid) => event(pid)));
    expect(losses.total).toBe(3);
    store.isFailing = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(store.pids).toEqual(range(3, 13));
    expect(store.losses).toEqual([{ stage: "queue", name: "process_events", reason: "queue_full", lost: 3 }]);
  });

  test("a loss of state is remembered until its table is put again", async () => {
    const { store, writer } = writerOf(dropOldest);
    store.isFailing = true;
    await writer.put([{ table: "processes", row: processRow(1) }, ...range(0, 10).map((pid) => event(pid))]);
    expect([...writer.takeStale()]).toEqual(["processes"]);
    expect([...writer.takeStale()]).toEqual([]);
  });

  test("whoever brings rows waits, in turn, until there is some", async () => {
    const { store, losses, writer } = writerOf({ kind: "block", timeoutMs: 60_000 });
    store.isFailing = true;
    const done: number[] = [];
    const puts = [writer.put(range(0, 10).map((pid) => event(pid)))];
    puts.push(writer.put([event(10)]).then(() => void done.push(10)));
    puts.push(writer.put([event(11)]).then(() => void done.push(11)));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(done).toEqual([]);
    store.isFailing = false;
    await vi.advanceTimersByTimeAsync(30_000);
    await Promise.all(puts);
    await writer.flush();
    expect(done).toEqual([10, 11]);
    expect(store.pids).toEqual(range(0, 12));
    expect(losses.total).toBe(0);
  });

  test("waiting ends after its time, with a count", async () => {
    const { store, losses, writer } = writerOf({ kind: "block", timeoutMs: 1_000 });
    store.isFailing = true;
    await writer.put(range(0, 10).map((pid) => event(pid)));
    const late = writer.put([event(10), event(11)]);
    await vi.advanceTimersByTimeAsync(1_000);
    await late;
    expect(losses.take()).toMatchObject([{ reason: "queue_timeout", lost: 2 }]);
  });

  test("those who wait are bounded as well", async () => {
    const { store, losses, writer } = writerOf({ kind: "block", timeoutMs: 1_000 });
    store.isFailing = true;
    const puts = range(0, 40).map((pid) => writer.put([event(pid)]));
    await vi.advanceTimersByTimeAsync(1_000);
    await Promise.all(puts);
    expect(losses.total).toBe(30);
  });

  test("rows go to a file and come back in their order", async () => {
    const path = join(testFolder(), "spill");
    const { store, losses, writer } = writerOf({ kind: "spill", path, maxBytes: 100_000 });
    store.isFailing = true;
    await writer.put(range(0, 30).map((pid) => event(pid)));
    expect(writer.readings()).toMatchObject({ queuedRows: 10 });
    expect(writer.readings().spilledBytes).toBeGreaterThan(0);
    store.isFailing = false;
    await vi.advanceTimersByTimeAsync(1_000);
    await writer.put([event(30)]);
    await writer.flush();
    expect(store.pids).toEqual(range(0, 31));
    expect(losses.total).toBe(0);
    expect(writer.readings().spilledBytes).toBe(0);
    await writer.close();
  });

  test("the file is bounded, and what it does not take is counted", async () => {
    const path = join(testFolder(), "spill");
    const { store, losses, writer } = writerOf({ kind: "spill", path, maxBytes: 1_000 });
    store.isFailing = true;
    await writer.put(range(0, 100).map((pid) => event(pid)));
    store.isFailing = false;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(store.pids.length + losses.total).toBe(100);
    expect(store.losses).toMatchObject([{ reason: "spill_full" }]);
    await writer.close();
  });

  test("collectors are asked to slow down while it fills, and to hurry again when it is empty", async () => {
    const { store, writer } = writerOf({ kind: "adaptive" });
    store.isFailing = true;
    await writer.put(range(0, 8).map((pid) => event(pid)));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(writer.slowdown).toBe(8);
    store.isFailing = false;
    await vi.advanceTimersByTimeAsync(30_000);
    for (let tick = 0; tick < 4; tick++) await writer.flush();
    expect(writer.slowdown).toBe(1);
  });
});

test("under memory pressure the queue shrinks to a tenth, and what goes is counted", async () => {
  const { store, losses, writer } = writerOf(dropOldest);
  store.isFailing = true;
  await writer.put(range(0, 9).map((pid) => event(pid)));
  writer.setMemoryPressure(true);
  expect(writer.readings()).toMatchObject({ queuedRows: 1, isUnderMemoryPressure: true });
  expect(losses.take()).toMatchObject([{ reason: "memory_pressure", lost: 8 }]);
  writer.setMemoryPressure(false);
  await writer.put(range(9, 12).map((pid) => event(pid)));
  expect(writer.readings()).toMatchObject({ queuedRows: 4, isUnderMemoryPressure: false });
});

test("what cannot be written at the end is spilled, or counted as lost", async () => {
  const path = join(testFolder(), "spill");
  for (const policy of [dropOldest, { kind: "spill", path, maxBytes: 100_000 } as const]) {
    const { store, losses, writer } = writerOf(policy);
    store.isFailing = true;
    await writer.put([event(1), event(2)]);
    await writer.close();
    expect(losses.total).toBe(policy.kind === "spill" ? 0 : 2);
  }
  const { store, writer } = writerOf({ kind: "spill", path, maxBytes: 100_000 });
  await writer.flush();
  expect(store.pids).toEqual([1, 2]);
  await writer.close();
});

test("a spilled row comes once, even when the program ends between writing it and forgetting it", async () => {
  const folder = testFolder();
  const { store } = openStore(join(folder, "events.db"));
  const policy = { kind: "spill", path: join(folder, "spill"), maxBytes: 100_000 } as const;
  const failing = { isFailing: true };
  const guarded = {
    write: (...batch: Parameters<typeof store.write>) => {
      if (failing.isFailing) throw new Error("no");
      return store.write(...batch);
    },
    prune: () => store.prune(undefined),
    recall: (name: string) => store.recall(name),
  };
  const options = { store: guarded, losses: new LossTally(), policy, capacityRows: 2, batchRows: 2 };
  const first = new BatchWriter(options);
  await first.put(range(0, 6).map((pid) => event(pid)));
  failing.isFailing = false;
  await vi.advanceTimersByTimeAsync(60_000);
  await first.put([]);
  // Killed here: no close. Another program finds the same file and the same store.
  const second = new BatchWriter(options);
  await second.flush();
  const pids = queryFile(join(folder, "events.db"), "SELECT pid FROM process_events ORDER BY seq");
  expect(pids.map(({ pid }) => pid)).toEqual(range(0, 6));
  await second.close();
});

test.each<BackPressure>([dropOldest, { kind: "block", timeoutMs: 1_000 }, { kind: "adaptive" }])(
  "what is put after the end is counted as lost ($kind)",
  async (policy) => {
    const { writer, losses } = writerOf(policy);
    await writer.close();
    await writer.put([event(1), event(2)]);
    expect(losses.take()).toMatchObject([{ stage: "queue", reason: "shutdown", lost: 2 }]);
  },
);

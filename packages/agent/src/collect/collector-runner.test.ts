import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LossTally, type RowChange } from "../events/index.ts";
import { CollectorRunner } from "./collector-runner.ts";
import type { Collector } from "./collector.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const modules = (...names: string[]): RowChange[] => [
  { table: "kernel_modules", snapshot: names.map((name) => ({ name })) },
];

function runnerOf(...collectors: Collector[]) {
  const losses = new LossTally();
  const put: RowChange[] = [];
  const failed: string[] = [];
  const runner = new CollectorRunner(collectors, {
    losses,
    put: (changes) => {
      put.push(...changes);
      return Promise.resolve();
    },
    maxAtATime: 2,
    monotonicMs: () => Date.now(),
    onFailure: (name, reason) => failed.push(`${name} ${reason}`),
  });
  /** Time passes in seconds, with a tick in each. */
  const pass = async (seconds: number, slowdown = 1) => {
    for (let second = 0; second < seconds; second++) {
      runner.startDue(slowdown);
      await vi.advanceTimersByTimeAsync(1_000);
    }
  };
  return { runner, losses, put, failed, pass };
}

const collector = (
  collect: Collector["collect"],
  name = "kernel_modules",
  more: Partial<Collector> = {},
): Collector => ({
  name,
  intervalSeconds: 10,
  collect,
  ...more,
});

describe("a collector", () => {
  test("is asked at its interval, and what is different is put", async () => {
    const answers = [modules("a"), modules("a"), modules("b")];
    const collect = vi.fn<Collector["collect"]>(() => Promise.resolve(answers.shift() ?? []));
    const { runner, put, pass } = runnerOf(collector(collect));
    expect(runner.states()).toMatchObject([{ state: "waiting" }]);
    await pass(21);
    expect(collect).toHaveBeenCalledTimes(3);
    expect(put).toEqual([
      { table: "kernel_modules", snapshot: [{ name: "a" }] },
      { table: "kernel_modules", gone: { name: "a" } },
      { table: "kernel_modules", row: { name: "b" } },
    ]);
    expect(runner.states()).toMatchObject([{ state: "ok", failures: 0 }]);
  });

  test("is asked less often while others cannot keep up", async () => {
    const collect = vi.fn<Collector["collect"]>(() => Promise.resolve([]));
    await runnerOf(collector(collect)).pass(41, 4);
    expect(collect).toHaveBeenCalledTimes(2);
  });

  test("is asked before its time when it has a reason, or is hurried", async () => {
    const collect = vi.fn<Collector["collect"]>(() => Promise.resolve([]));
    const reason = { isDue: false };
    const { runner, pass } = runnerOf(collector(collect, "file", { isDue: () => reason.isDue }));
    await pass(2);
    reason.isDue = true;
    await pass(1);
    reason.isDue = false;
    expect(collect).toHaveBeenCalledTimes(2);
    runner.hurry("file");
    await pass(1);
    expect(collect).toHaveBeenCalledTimes(3);
  });

  test("tells everything again after a loss of its rows", async () => {
    const reset = vi.fn<() => void>();
    const { runner, put, pass } = runnerOf(collector(() => Promise.resolve(modules("a")), "kernel_modules", { reset }));
    await pass(1);
    runner.forget("kernel_modules");
    await pass(10);
    expect(put).toEqual([...modules("a"), ...modules("a")]);
    expect(reset).toHaveBeenCalledOnce();
    expect(runner.tables()).toEqual(["kernel_modules"]);
  });
});

describe("a collector that fails", () => {
  test("is a state and a loss, is asked ever more seldom, and does not end the others", async () => {
    const collect = vi.fn<Collector["collect"]>(() => Promise.reject(new Error("no")));
    const healthy = vi.fn<Collector["collect"]>(() => Promise.resolve([]));
    const { runner, losses, failed, pass } = runnerOf(collector(collect, "mounts"), collector(healthy, "users"));
    await pass(61);
    expect(collect).toHaveBeenCalledTimes(3);
    expect(healthy).toHaveBeenCalledTimes(7);
    expect(runner.states()).toMatchObject([
      { name: "mounts", state: "failed", detail: "failed", failures: 3 },
      { name: "users", state: "ok" },
    ]);
    expect(losses.take()).toEqual([{ stage: "collector", name: "mounts", reason: "failed", lost: 3 }]);
    expect(failed).toHaveLength(3);
  });

  test("does not come back: it is given up at its deadline, and nothing is started beside it", async () => {
    const signals: AbortSignal[] = [];
    const blocked = Promise.withResolvers<RowChange[]>();
    const collect = vi.fn<Collector["collect"]>((signal) => {
      signals.push(signal);
      return blocked.promise;
    });
    const { runner, losses, put, pass } = runnerOf(collector(collect, "mounts", { deadlineSeconds: 5 }));
    await pass(60);
    expect(collect).toHaveBeenCalledTimes(1);
    expect(signals[0]?.aborted).toBe(true);
    expect(runner.states()).toMatchObject([{ state: "stuck", detail: "deadline" }]);
    expect(losses.take()).toMatchObject([{ reason: "deadline", lost: 1 }]);
    blocked.resolve(modules("late"));
    await pass(60);
    expect(put).toEqual(modules("late"));
    expect(collect.mock.calls.length).toBeGreaterThan(1);
  });
});

test("so many collectors look at a time, and those that wait longest go first", async () => {
  const running = { now: 0, most: 0 };
  const order: string[] = [];
  const slow = (name: string) =>
    collector(async () => {
      order.push(name);
      running.most = Math.max(running.most, ++running.now);
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      running.now--;
      return [];
    }, name);
  const { pass } = runnerOf(...["a", "b", "c", "d", "e"].map(slow));
  await pass(8);
  expect(running.most).toBe(2);
  expect(order).toEqual(["a", "b", "c", "d", "e"]);
});

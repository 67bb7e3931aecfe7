import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PartReport } from "./part-report.ts";
import { type Part, Supervisor } from "./supervisor.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "setTimeout", "clearTimeout", "performance"] });
});

afterEach(() => {
  vi.useRealTimers();
});

type Life = Parameters<Part["run"]>[0];

/** Ends when it is asked to. */
const untilAborted = ({ signal }: Life): Promise<void> =>
  new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve());
  });

const policy = { deadlineMs: 3_000, graceMs: 2_000, firstDelayMs: 1_000, maxDelayMs: 8_000, stableMs: 60_000 };

function supervise(parts: readonly Part[]) {
  const told: string[] = [];
  const onChange = ({ name, state, reason, isFailing }: PartReport): void => {
    told.push([name, state, ...(reason === undefined ? [] : [reason]), ...(isFailing ? ["failing"] : [])].join(": "));
  };
  return { told, supervisor: new Supervisor(parts, { onChange, random: () => 0.999 }) };
}

describe("the supervisor", () => {
  it("starts every part, leaves alone what beats, and stops all", async () => {
    const beating: Part = {
      name: "collectors",
      policy,
      run: async (life) => {
        const timer = setInterval(life.beat, 1_000);
        await untilAborted(life);
        clearInterval(timer);
      },
    };
    const { told, supervisor } = supervise([beating, { name: "store", policy, run: untilAborted }]);
    supervisor.start();
    supervisor.start();
    await vi.advanceTimersByTimeAsync(2_500);
    expect(supervisor.health()).toEqual({ isHealthy: true });
    expect(await supervisor.stop()).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual([
      "collectors: running",
      "store: running",
      "collectors: stopping: the process stops",
      "store: stopping: the process stops",
      "store: off",
      "collectors: off",
    ]);
  });

  it("restarts what is silent, and what fails, without a word of the failure's text (ATTACKS 25)", async () => {
    let runs = 0;
    const failing: Part = {
      name: "executor",
      policy,
      run: async () => {
        runs++;
        await Promise.resolve();
        if (runs < 4) throw Object.assign(new Error("select 'hunter2'"), { code: "crashed" });
      },
    };
    const { told, supervisor } = supervise([failing, { name: "silent", policy, run: untilAborted }]);
    supervisor.start();
    await vi.advanceTimersByTimeAsync(8_500);
    expect(told.filter((line) => line.startsWith("executor"))).toEqual([
      "executor: running",
      "executor: waiting: it failed: Error (crashed)",
      "executor: running",
      "executor: waiting: it failed: Error (crashed)",
      "executor: running",
      "executor: waiting: it failed: Error (crashed): failing",
      "executor: running: failing",
      "executor: waiting: it ended: failing",
    ]);
    expect(told.filter((line) => line.startsWith("silent"))).toEqual([
      "silent: running",
      "silent: stopping: it gave no sign of life",
      "silent: waiting: it gave no sign of life",
      "silent: running",
    ]);
    expect(supervisor.reports().map(({ restarts }) => restarts)).toEqual([3, 1]);
    await supervisor.stop();
  });

  it("is unhealthy while a part is stuck, starts nothing beside it, and names it when the process stops", async () => {
    let runs = 0;
    const deaf: Part = {
      name: "deaf",
      policy,
      run: () => {
        runs++;
        return new Promise(() => undefined);
      },
    };
    const { supervisor } = supervise([deaf]);
    supervisor.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(runs).toBe(1);
    expect(supervisor.health()).toEqual({ isHealthy: false, reason: "deaf does not stop" });
    const stopped = supervisor.stop();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await stopped).toEqual(["deaf"]);
  });

  it("hears no beat of a run that was given up", async () => {
    const beats: (() => void)[] = [];
    const part: Part = {
      name: "part",
      policy,
      run: (life) => {
        beats.push(life.beat);
        return untilAborted(life);
      },
    };
    const { told, supervisor } = supervise([part]);
    supervisor.start();
    await vi.advanceTimersByTimeAsync(6_000);
    expect(beats).toHaveLength(2);
    for (let count = 0; count < 5; count++) {
      beats[0]?.();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(told.filter((line) => line.includes("no sign of life")).length).toBeGreaterThan(2);
    await supervisor.stop();
  });

  it("blames nobody when the whole process stood still", async () => {
    let now = 0;
    const supervisor = new Supervisor([{ name: "part", policy, run: untilAborted }], { now: () => now });
    supervisor.start();
    now = 60_000;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(supervisor.reports()[0]?.state).toBe("running");
    await supervisor.stop();
  });
});

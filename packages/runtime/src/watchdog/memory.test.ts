import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { once } from "node:events";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { nextPressure, type PressureLevel } from "./memory-pressure.ts";
import { memoryOf, memoryOfTree } from "./memory-use.ts";
import { watchMemory } from "./memory-watch.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-memory-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

describe("the memory of processes", () => {
  it("is the sum of a process and all below it, each by its share of shared pages", () => {
    write({
      "10/smaps_rollup": "5500-7ffe ---p 00000000 00:00 0  [rollup]\nRss:   900 kB\nPss:   100 kB\nPss_Dirty:  7 kB\n",
      "10/task/10/children": "11 ",
      "10/task/14/children": "12 99 ",
      "11/smaps_rollup": "Pss:   20 kB\n",
      "11/task/11/children": "13 10 ",
      "12/status": "Name:\tx\nVmRSS:\t     3 kB\n",
      "13/smaps_rollup": "Pss:   1 kB\n",
    });
    expect(memoryOfTree(10, folder)).toEqual({ bytes: 124 * 1_024, measure: "rss", processes: 4 });
    expect(memoryOfTree(11, folder)).toMatchObject({ processes: 4 });
    expect(memoryOf(13, folder)).toEqual({ bytes: 1_024, measure: "pss" });
    expect(memoryOf(99, folder)).toBeUndefined();
    expect(memoryOfTree(99, folder)).toEqual({ bytes: 0, measure: "pss", processes: 0 });
  });

  it("stops counting where there are more processes than an agent has", () => {
    const children = Array.from({ length: 2_000 }, (_, index) => index + 100);
    write({ "10/task/10/children": children.join(" ") });
    write(Object.fromEntries(children.map((pid) => [`${pid}/smaps_rollup`, "Pss:   1 kB\n"])));
    expect(memoryOfTree(10, folder).processes).toBe(255);
  });

  it("is that of this process alone where there is no /proc", () => {
    const { bytes, ...rest } = memoryOfTree(process.pid, join(folder, "absent"));
    expect(rest).toEqual({ measure: "rss", processes: 1 });
    expect(bytes).toBeGreaterThan(1_000_000);
  });

  it.skipIf(process.platform !== "linux")("counts a real child (needs Linux)", async () => {
    const child = spawn("sleep", ["60"]);
    onTestFinished(() => void child.kill());
    await once(child, "spawn");
    expect(memoryOfTree().processes).toBeGreaterThanOrEqual(2);
    expect(memoryOf("self")?.measure).toBe("pss");
  });
});

describe("memory pressure", () => {
  it("begins at 80 %, is left below 75 %, and is exceeded at the whole budget", () => {
    const levels: PressureLevel[] = [];
    let level: PressureLevel = "normal";
    for (const used of [79, 80, 75, 74, 85, 100, 95, 94, 76, 60, 120, 10]) {
      level = nextPressure(level, used, 100);
      levels.push(level);
    }
    expect(levels).toEqual([
      "normal",
      "pressed",
      "pressed",
      "normal",
      "pressed",
      "exceeded",
      "exceeded",
      "pressed",
      "pressed",
      "normal",
      "exceeded",
      "normal",
    ]);
  });

  it("is never lower for more memory, and the same when looked at again", () => {
    const rank = { normal: 0, pressed: 1, exceeded: 2 };
    const level = fc.constantFrom<PressureLevel>("normal", "pressed", "exceeded");
    fc.assert(
      fc.property(level, fc.nat(150), fc.nat(50), (before, used, more) => {
        const after = nextPressure(before, used, 100);
        expect(rank[nextPressure(before, used + more, 100)]).toBeGreaterThanOrEqual(rank[after]);
        expect(nextPressure(after, used, 100)).toBe(after);
      }),
    );
  });

  it("is told when it changes, and not otherwise", () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const uses = [50, 50, 85, 90, 101, 60];
    const told: string[] = [];
    const measure = () =>
      ({ bytes: uses.length > 1 ? uses.shift()! : uses[0]!, measure: "pss", processes: 2 }) as const;
    const watch = watchMemory(100, ({ level, bytes }) => void told.push(`${level} at ${bytes}`), {
      intervalMs: 10,
      measure,
    });
    vi.advanceTimersByTime(100);
    expect(told).toEqual(["pressed at 85", "exceeded at 101", "normal at 60"]);
    watch.stop();
    expect(watch.reading()).toEqual({ bytes: 60, measure: "pss", processes: 2, level: "normal", budgetBytes: 100 });
  });
});

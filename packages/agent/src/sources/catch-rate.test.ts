import { type ChildProcess, spawn } from "node:child_process";
import { describe, expect, it, vi } from "vitest";
import type { ProcessEvent } from "../collect/index.ts";
import { type Launch, launchProcesses, measureCatchRate } from "./catch-rate.ts";

const at = (type: ProcessEvent["type"], pid: number, more: Partial<ProcessEvent> = {}): ProcessEvent => ({
  type,
  source: "connector",
  pid,
  timeMs: 0,
  ...more,
});

/** Tells, while the processes are launched, what `tell` makes of the launcher's id and the marker. */
function told(tell: (launcher: number, marker: string) => readonly ProcessEvent[]) {
  let listener: (event: ProcessEvent) => void = () => {};
  const ended = vi.fn();
  const launch = ({ marker }: Launch): ChildProcess => {
    const child = spawn(process.execPath, ["-e", ""]);
    child.once("exit", () => tell(child.pid!, marker).forEach((event) => listener(event)));
    return child;
  };
  const observe = (given: (event: ProcessEvent) => void) => {
    listener = given;
    return ended;
  };
  return { options: { observe, launch, lifetimesMs: [10], count: 3, settleMs: 1 }, ended };
}

describe("a catch rate", () => {
  it("counts the launched processes that were told of, and those with their command line", async () => {
    const { options, ended } = told((launcher, marker) => [
      at("fork", 101, { parent: launcher }),
      at("exec", 101),
      at("exit", 101),
      at("exec", 102, { parent: launcher, cmdline: `sleep 0.010${marker}` }),
      at("fork", 103, { parent: launcher }),
    ]);
    await expect(measureCatchRate(options)).resolves.toEqual([{ lifetimeMs: 10, started: 3, caught: 2, complete: 1 }]);
    expect(ended).toHaveBeenCalledOnce();
  });

  it("counts what is found by looking", async () => {
    const { options } = told((launcher, marker) => [at("found", 5, { parent: launcher, cmdline: `true ${marker}` })]);
    await expect(measureCatchRate(options)).resolves.toMatchObject([{ caught: 1, complete: 1 }]);
  });

  it("does not count the processes of others, nor one twice", async () => {
    const { options } = told((launcher) => [
      at("exec", 7, { parent: launcher + 1 }),
      at("exec", 8, { parent: launcher }),
      at("exec", 8, { parent: launcher }),
    ]);
    await expect(measureCatchRate(options)).resolves.toMatchObject([{ caught: 1, complete: 0 }]);
  });

  it("is bounded", async () => {
    const { options } = told(() => []);
    await expect(measureCatchRate({ ...options, count: 0 })).rejects.toThrow(RangeError);
    await expect(measureCatchRate({ ...options, count: 100_000 })).rejects.toThrow(RangeError);
  });

  it("can be called off, and ends what it started", async () => {
    const { options, ended } = told(() => []);
    const stop = new AbortController();
    let child: ChildProcess | undefined;
    const launch = (): ChildProcess => {
      child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
      child.once("spawn", () => stop.abort(new Error("called off")));
      return child;
    };
    await expect(measureCatchRate({ ...options, launch, signal: stop.signal })).rejects.toThrow("called off");
    expect(child?.signalCode).toBe("SIGKILL");
    expect(ended).toHaveBeenCalledOnce();
    await expect(measureCatchRate({ ...options, launch, signal: stop.signal })).rejects.toThrow("called off");
  });
});

describe.skipIf(process.platform === "win32")("what is launched (needs a shell)", () => {
  it.each([1, 10, 100])("are so many processes of %i ms with the marker", async (lifetimeMs) => {
    const child = launchProcesses({ lifetimeMs, count: 3, marker: "123456" });
    const code = await new Promise((resolve) => child.once("exit", resolve));
    expect(code).toBe(0);
    expect(child.spawnargs.join(" ")).toContain("123456");
  });
});

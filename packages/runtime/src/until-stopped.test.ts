import { afterEach, expect, it, vi } from "vitest";
import { untilStopped } from "./until-stopped.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const before = signals.map((name) => process.listeners(name));

afterEach(() => {
  for (const [index, name] of signals.entries()) {
    for (const listener of process.listeners(name)) {
      if (!before[index]!.includes(listener)) process.off(name, listener);
    }
  }
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it("takes a Ctrl-C that npm hands on for the same one, and a second for an end at once", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const exit = vi.spyOn(process, "exit").mockImplementation(() => undefined as never);
  const stopped = untilStopped(undefined);
  process.emit("SIGINT", "SIGINT");
  await stopped;
  process.emit("SIGINT", "SIGINT");
  expect(exit).not.toHaveBeenCalled();
  vi.advanceTimersByTime(500);
  process.emit("SIGINT", "SIGINT");
  expect(exit).toHaveBeenCalledExactlyOnceWith(130);
});

it("leaves a hang-up to whoever reads settings on it, unless it is to end the program", async () => {
  const listeners = process.listenerCount("SIGHUP");
  void untilStopped(undefined);
  expect(process.listenerCount("SIGHUP")).toBe(listeners);
  const stopped = untilStopped(undefined, ["SIGHUP"]);
  process.emit("SIGHUP", "SIGHUP");
  await expect(stopped).resolves.toBeUndefined();
});

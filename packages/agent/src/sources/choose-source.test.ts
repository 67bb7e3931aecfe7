import { spawn } from "node:child_process";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ProcessEvent, ProcessSourceName } from "../collect/index.ts";
import { chooseSource, type ChosenSource, type SourceOptions } from "./choose-source.ts";
import type { Emit, EventSource, Fail, SourceState } from "./event-source.ts";
import { PollingSource } from "./polling.ts";

/** A source whose fate the test decides. */
class FakeSource implements EventSource {
  readonly name: ProcessSourceName;
  obstacleIs: string | undefined;
  stateIs: SourceState = { state: "active", detail: "works" };
  emit: Emit = () => {};
  fail: Fail = () => {};
  readonly start = vi.fn<EventSource["start"]>(async (emit, _lose, fail) => {
    this.emit = emit;
    this.fail = fail ?? (() => {});
    return this.stateIs;
  });
  readonly stop = vi.fn<() => Promise<void>>(async () => {});

  constructor(name: ProcessSourceName) {
    this.name = name;
  }

  obstacle(): string | undefined {
    return this.obstacleIs;
  }

  readings() {
    return { events: 0, lost: 0 };
  }
}

const event = (pid: number): ProcessEvent => ({ type: "exec", source: "connector", pid, timeMs: 0 });

let connector: FakeSource;
let ebpf: FakeSource;
let chosen: ChosenSource;
const [emit, lose, onChange] = [vi.fn(), vi.fn(), vi.fn()];

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  connector = new FakeSource("connector");
  ebpf = new FakeSource("ebpf");
});
afterEach(async () => {
  await chosen.stop();
  vi.useRealTimers();
});

function choose(setting: Parameters<typeof chooseSource>[0], options: SourceOptions = {}): Promise<SourceState> {
  const sources = [connector, ebpf, new PollingSource()];
  chosen = chooseSource(setting, { sources, onChange, retrySeconds: 1, maxRetrySeconds: 8, ...options });
  return chosen.start(emit, lose);
}

const states = () =>
  Object.fromEntries(chosen.readings().map(({ name, state, detail }) => [name, `${state}: ${detail}`]));

describe("the source of process events", () => {
  it("is the connector where nothing else was asked for", async () => {
    await expect(choose("auto")).resolves.toEqual({ state: "active", detail: "works" });
    expect(chosen.name).toBe("connector");
    expect(ebpf.start).not.toHaveBeenCalled();
    expect(states()).toMatchObject({ ebpf: "standby: not chosen (process source: auto)" });
  });

  it("is the one that was asked for", async () => {
    await choose("ebpf");
    expect([chosen.name, connector.start.mock.calls.length]).toEqual(["ebpf", 0]);
  });

  it("is looking at /proc when that was asked for, though there is better", async () => {
    await choose("polling");
    expect([chosen.name, connector.start.mock.calls.length]).toEqual(["polling", 0]);
  });

  it("is the next best where the one asked for cannot be had, which says why", async () => {
    ebpf.stateIs = { state: "unavailable", detail: "CAP_BPF missing" };
    await choose("ebpf");
    expect(chosen.name).toBe("connector");
    expect(states()).toMatchObject({ ebpf: "unavailable: CAP_BPF missing", connector: "active: works" });
  });

  it("is looking at /proc when there is nothing else", async () => {
    connector.stateIs = { state: "unavailable", detail: "send: ECONNREFUSED" };
    await choose("auto");
    expect(chosen.name).toBe("polling");
    expect(states()["connector"]).toBe("unavailable: send: ECONNREFUSED");
  });

  it("says of each other one why it could not be had", async () => {
    ebpf.obstacleIs = "this kernel has no type information";
    await choose("auto");
    expect(states()["ebpf"]).toBe("unavailable: this kernel has no type information");
  });

  it("hands events on to whoever started it and to observers", async () => {
    await choose("auto");
    const observer = vi.fn();
    const end = chosen.observe(observer);
    connector.emit(event(1));
    end();
    connector.emit(event(2));
    expect(emit.mock.calls).toEqual([[event(1)], [event(2)]]);
    expect(observer.mock.calls).toEqual([[event(1)]]);
  });

  it("hands on what is found by looking to observers, and only where nothing else tells", async () => {
    await choose("polling");
    const observer = vi.fn();
    chosen.observe(observer);
    chosen.found(event(3));
    await chosen.stop();
    await choose("auto");
    chosen.observe(observer);
    chosen.found(event(4));
    expect(observer.mock.calls).toEqual([[event(3)]]);
    expect(emit).not.toHaveBeenCalled();
  });

  it("is measured, once at a time, and its readings say how well it catches", async () => {
    vi.useRealTimers();
    await choose("auto");
    const rates = [{ lifetimeMs: 10, started: 1, caught: 1, complete: 0 }];
    const launch = () => {
      const child = spawn(process.execPath, ["-e", ""]);
      child.once("exit", () => connector.emit({ ...event(7), parent: child.pid! }));
      return child;
    };
    const options = { lifetimesMs: [10], count: 1, settleMs: 1, launch };
    await expect(Promise.all([chosen.measure(options), chosen.measure(options)])).resolves.toEqual([rates, rates]);
    expect(chosen.readings()[0]?.catchRates).toEqual(rates);
    expect(emit).toHaveBeenCalledOnce();
  });

  it("keeps quiet about trying again for nothing", async () => {
    connector.stateIs = { state: "unavailable", detail: "bind: EPERM" };
    await choose("auto");
    onChange.mockClear();
    connector.start.mockClear();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(connector.start.mock.calls.length).toBeGreaterThan(2);
    expect(onChange).not.toHaveBeenCalled();
  });
});

describe("a source that breaks", () => {
  it("is replaced at once, loudly, and is back after a pause", async () => {
    await choose("auto");
    onChange.mockClear();
    connector.fail("the kernel has fallen silent");
    expect(lose).toHaveBeenCalledExactlyOnceWith(1, "source_failed");
    await vi.advanceTimersByTimeAsync(0);
    expect(chosen.name).toBe("polling");
    expect(connector.stop).toHaveBeenCalledOnce();
    expect(states()["connector"]).toBe("failed: the kernel has fallen silent");
    expect(onChange).toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1000);
    expect(chosen.name).toBe("connector");
    expect(states()).toMatchObject({ connector: "active: works", polling: "standby: connector is back" });
  });

  it("stays failed, with both reasons, while it cannot be started again", async () => {
    await choose("auto");
    connector.stateIs = { state: "unavailable", detail: "bind: EPERM" };
    connector.fail("socket closed");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(states()["connector"]).toBe("failed: socket closed; not back: bind: EPERM");
    expect(chosen.name).toBe("polling");
  });

  it("is tried less and less often while it breaks again and again", async () => {
    await choose("auto");
    const attempts: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      connector.start.mockClear();
      connector.fail("flapping");
      let waitedMs = 0;
      while (connector.start.mock.calls.length === 0) {
        await vi.advanceTimersByTimeAsync(250);
        waitedMs += 250;
      }
      attempts.push(waitedMs);
    }
    expect(attempts[1]).toBeGreaterThan(attempts[0]!);
    expect(attempts[3]).toBeGreaterThan(attempts[1]!);
  });

  it("gives way to the connector before it gives way to looking", async () => {
    await choose("ebpf");
    ebpf.fail("the kernel has fallen silent");
    await vi.advanceTimersByTimeAsync(0);
    expect(chosen.name).toBe("connector");
  });

  it("and is back takes over without a gap and without telling twice", async () => {
    await choose("ebpf");
    ebpf.fail("gone");
    await vi.advanceTimersByTimeAsync(0);
    const { promise, resolve } = Promise.withResolvers<SourceState>();
    ebpf.start.mockImplementationOnce((emitted) => {
      ebpf.emit = emitted;
      return promise;
    });
    await vi.advanceTimersByTimeAsync(1000);
    ebpf.emit(event(1));
    connector.emit(event(1));
    resolve({ state: "active", detail: "works" });
    await vi.advanceTimersByTimeAsync(0);
    ebpf.emit(event(2));
    connector.emit(event(2));
    expect(emit.mock.calls).toEqual([[event(1)], [event(2)]]);
    expect(connector.stop).toHaveBeenCalledOnce();
  });

  it("is not tried any more once all is stopped", async () => {
    await choose("auto");
    connector.fail("gone");
    await vi.advanceTimersByTimeAsync(0);
    await chosen.stop();
    connector.start.mockClear();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(connector.start).not.toHaveBeenCalled();
  });
});

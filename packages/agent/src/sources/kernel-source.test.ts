import { closeSync, readSync, writeSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { TimedEvent } from "./exec-looks.ts";
import type { FeedBatch, KernelFeed } from "./kernel-feed.ts";
import { libc } from "./system/libc.ts";
import { KernelSource, type KernelSourceKind, type KernelSourceOptions } from "./kernel-source.ts";

/** The machine may be busy: how long something that comes for certain may take. */
const WAIT_MS = 30_000;

const empty: FeedBatch = { events: [], losses: [], isHeard: false, isEmpty: true };
const exec: TimedEvent = { type: "exec", source: "connector", pid: 7, timeMs: 0, timeNs: 1n };

const EFD_NONBLOCK = 0x800n;
const eventfd2 = process.arch === "arm64" ? 19 : 290;
const one = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);

/** A feed on an eventfd(2), which is readable when the test says so. */
class FakeFeed implements KernelFeed {
  readonly descriptor: number;
  readonly batches: (FeedBatch | Error)[] = [];
  #isWritten = false;
  readonly begin = vi.fn<() => Promise<void>>(async () => {});
  readonly check = vi.fn<KernelFeed["check"]>(async () => []);
  readonly close = vi.fn<() => Promise<void>>(async () => closeSync(this.descriptor));

  constructor() {
    this.descriptor = libc().syscall(eventfd2, 0, EFD_NONBLOCK, 0);
  }

  give(...batches: (FeedBatch | Error)[]): void {
    this.batches.push(...batches);
    this.#isWritten = writeSync(this.descriptor, one) > 0;
  }

  read(): FeedBatch {
    const batch = this.batches.shift();
    if (batch === undefined && this.#isWritten) this.#isWritten = readSync(this.descriptor, Buffer.alloc(8)) === 0;
    if (batch instanceof Error) throw batch;
    return batch ?? empty;
  }
}

describe.skipIf(process.platform !== "linux")("a source of the kernel (needs Linux)", { timeout: 60_000 }, () => {
  let feed: FakeFeed;
  let source: KernelSource;
  const [emit, lose, fail] = [vi.fn(), vi.fn(), vi.fn()];

  beforeEach(() => {
    vi.clearAllMocks();
    feed = new FakeFeed();
  });
  afterEach(async () => {
    await source.stop();
  });

  function start(kind: Partial<KernelSourceKind> = {}, options: KernelSourceOptions = {}) {
    const defaults: KernelSourceKind = {
      name: "connector",
      detail: "all",
      obstacle: () => undefined,
      open: () => feed,
      beat: () => feed.give({ ...empty, isHeard: true }),
      looks: false,
    };
    source = new KernelSource({ ...defaults, ...kind }, options);
    return source.start(emit, lose, fail);
  }

  it("is active once it is known to be heard", async () => {
    await expect(start()).resolves.toEqual({ state: "active", detail: "all" });
    expect(feed.begin).toHaveBeenCalledOnce();
  });

  it("hands on what the kernel tells, and counts it", async () => {
    await start();
    feed.give(
      { ...empty, events: [exec], isEmpty: false },
      { ...empty, losses: [{ count: 3, reason: "kernel_overrun" }] },
    );
    await vi.waitFor(() => expect(lose).toHaveBeenCalledExactlyOnceWith(3, "kernel_overrun"), WAIT_MS);
    expect(emit).toHaveBeenCalledExactlyOnceWith(exec);
    expect(source.readings()).toEqual({ events: 1, lost: 3 });
  });

  it("is unavailable where something is in the way, and opens nothing", async () => {
    const open = vi.fn(() => feed);
    await expect(start({ obstacle: () => "CAP_X missing", open })).resolves.toEqual({
      state: "unavailable",
      detail: "CAP_X missing",
    });
    expect(open).not.toHaveBeenCalled();
    closeSync(feed.descriptor);
  });

  it("says what went wrong when the question itself fails, or opening", async () => {
    const failing = (): never => {
      throw new Error("socket: EPROTONOSUPPORT");
    };
    const state = { state: "unavailable", detail: "socket: EPROTONOSUPPORT" };
    await expect(start({ obstacle: failing })).resolves.toEqual(state);
    await expect(start({ open: failing })).resolves.toEqual(state);
    closeSync(feed.descriptor);
  });

  it("is unavailable when the kernel says yes and sends nothing, and gives everything back", async () => {
    const state = await start({ beat: () => {} }, { silenceSeconds: 0.01 });
    expect(state).toEqual({ state: "unavailable", detail: "the kernel took the request, but sends nothing" });
    expect(feed.close).toHaveBeenCalledOnce();
  });

  it("is unavailable when the kernel refuses, and gives everything back", async () => {
    feed.begin.mockRejectedValue(new Error("send: ECONNREFUSED"));
    await expect(start()).resolves.toEqual({ state: "unavailable", detail: "send: ECONNREFUSED" });
    expect(feed.close).toHaveBeenCalledOnce();
  });

  it("fails once when the kernel falls silent", async () => {
    let beats = 0;
    const beat = (): void => {
      beats += 1;
      if (beats === 1) feed.give({ ...empty, isHeard: true });
    };
    await start({ beat }, { heartbeatSeconds: 0.01, silenceSeconds: 0.01 });
    await vi.waitFor(() => expect(fail).toHaveBeenCalledWith("the kernel has fallen silent"), WAIT_MS);
    await vi.waitFor(() => expect(beats).toBeGreaterThan(2), WAIT_MS);
    expect(fail).toHaveBeenCalledOnce();
  });

  it("fails when reading fails", async () => {
    await start();
    feed.give(new Error("recvmmsg: EBADF"));
    await vi.waitFor(() => expect(fail).toHaveBeenCalledExactlyOnceWith("recvmmsg: EBADF"), WAIT_MS);
  });

  it("fails when its own check does", async () => {
    feed.check.mockRejectedValue(new Error("the audit system was switched off"));
    await start({}, { checkSeconds: 0.01 });
    await vi.waitFor(() => expect(fail).toHaveBeenCalledWith("the audit system was switched off"), WAIT_MS);
  });

  it("tells of losses that its check finds", async () => {
    feed.check.mockResolvedValueOnce([{ count: 2, reason: "rule_removed" }]);
    await start({}, { checkSeconds: 0.01 });
    await vi.waitFor(() => expect(lose).toHaveBeenCalledExactlyOnceWith(2, "rule_removed"), WAIT_MS);
  });

  it("may be stopped by whoever is told of an event, and reads no further", async () => {
    await start();
    emit.mockImplementation(() => void source.stop());
    feed.give({ ...empty, events: [exec, exec], isEmpty: false });
    await vi.waitFor(() => expect(feed.close).toHaveBeenCalledOnce(), WAIT_MS);
    expect(emit).toHaveBeenCalledOnce();
    emit.mockReset();
  });

  it("may be stopped twice, and before it was started", async () => {
    await start();
    await Promise.all([source.stop(), source.stop()]);
    expect(feed.close).toHaveBeenCalledOnce();
  });
});

import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Heartbeat, renameToSame } from "./heartbeat.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function heartbeat(listen: () => void = () => {}) {
  const beat = vi.fn<() => void>();
  return { beat, heart: new Heartbeat({ beat, listen, intervalMs: 1000, silenceMs: 300 }) };
}

describe("a heartbeat", () => {
  it("begins when the first answer has come", async () => {
    const { beat, heart } = heartbeat();
    beat.mockImplementation(() => queueMicrotask(() => heart.heard()));
    await expect(heart.begin(() => {})).resolves.toBe(true);
    heart.end();
  });

  it("does not begin without an answer", async () => {
    const { heart } = heartbeat();
    const begun = heart.begin(() => {});
    await vi.advanceTimersByTimeAsync(300);
    await expect(begun).resolves.toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("tells when a later answer does not come", async () => {
    const { beat, heart } = heartbeat();
    beat.mockImplementationOnce(() => queueMicrotask(() => heart.heard()));
    const onSilence = vi.fn<() => void>();
    await heart.begin(onSilence);
    await vi.advanceTimersByTimeAsync(1299);
    expect(onSilence).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(onSilence).toHaveBeenCalledOnce();
    heart.end();
  });

  it("reads what has arrived before it calls that silence", async () => {
    const { beat, heart } = heartbeat(() => heart.heard());
    beat.mockImplementationOnce(() => queueMicrotask(() => heart.heard()));
    const onSilence = vi.fn<() => void>();
    await heart.begin(onSilence);
    await vi.advanceTimersByTimeAsync(5000);
    expect(beat.mock.calls.length).toBeGreaterThan(3);
    expect(onSilence).not.toHaveBeenCalled();
    heart.end();
  });

  it("ends without a word, also while an answer is awaited", async () => {
    const { heart } = heartbeat();
    const onSilence = vi.fn<() => void>();
    const begun = heart.begin(onSilence);
    heart.end();
    await begun;
    heart.end();
    await vi.advanceTimersByTimeAsync(5000);
    expect(onSilence).not.toHaveBeenCalled();
  });

  it("that fails to beat rejects", async () => {
    const { beat, heart } = heartbeat();
    beat.mockImplementation(() => {
      throw new Error("no /proc");
    });
    await expect(heart.begin(() => {})).rejects.toThrow("no /proc");
  });
});

describe.skipIf(process.platform !== "linux")("a process that takes the name it has (needs Linux)", () => {
  it("keeps it", () => {
    const before = readFileSync("/proc/self/comm", "utf8");
    renameToSame();
    expect(readFileSync("/proc/self/comm", "utf8")).toBe(before);
  });
});

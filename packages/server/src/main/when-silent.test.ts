import { settingsFrom } from "@holdfast/postgres";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { whenSilent } from "./when-silent.ts";

const settings = settingsFrom({ url: "postgres://u@127.0.0.1/d" });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a database", () => {
  it("that answers is asked now and then, and given up once when it does not", async () => {
    const [giveUp, isThere] = [vi.fn(), vi.fn<() => Promise<boolean>>().mockResolvedValue(true)];
    whenSilent(settings, giveUp, isThere);
    await vi.advanceTimersByTimeAsync(3_500);
    expect([giveUp.mock.calls.length, isThere.mock.calls.length]).toEqual([0, 4]);
    isThere.mockResolvedValue(false);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([giveUp.mock.calls.length, isThere.mock.calls.length]).toEqual([1, 5]);
  });

  it("is not given up by whoever has no need of it any more", async () => {
    const [giveUp, asked] = [vi.fn(), Promise.withResolvers<boolean>()];
    const isOver = whenSilent(settings, giveUp, () => asked.promise);
    await vi.advanceTimersByTimeAsync(5_000);
    isOver();
    asked.resolve(false);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(giveUp).not.toHaveBeenCalled();
  });
});

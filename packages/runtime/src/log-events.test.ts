import { describe, expect, it, vi } from "vitest";
import { logEvents } from "./log-events.ts";
import { createMetrics } from "./metrics.ts";

function listening() {
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const metrics = createMetrics();
  return { log, metrics, tell: logEvents(log, metrics) };
}

describe("what a committer tells", () => {
  it("of other nodes' commits is news when they have to be looked for, and when no more", () => {
    const { log, tell } = listening();
    tell({ kind: "feed", isListening: true, reason: "" });
    expect([log.debug.mock.calls.length, log.info.mock.calls.length]).toEqual([1, 0]);
    tell({ kind: "feed", isListening: false, reason: "the connection ended" });
    expect(log.warn).toHaveBeenCalledWith({ reason: "the connection ended" }, expect.stringContaining("looked for"));
    tell({ kind: "feed", isListening: true, reason: "" });
    expect(log.info).toHaveBeenCalledOnce();
  });

  it("of the clock is a warning when it is more than nodes differ by", () => {
    const { log, tell } = listening();
    tell({ kind: "clock-back", byMs: 12 });
    expect([log.debug.mock.calls.length, log.warn.mock.calls.length]).toEqual([1, 0]);
    tell({ kind: "clock-back", byMs: 60_000 });
    expect(log.warn).toHaveBeenCalledWith({ byMs: 60_000 }, expect.stringContaining("the clock was set back"));
  });

  it("of contention is counted", async () => {
    const { metrics, tell } = listening();
    tell({ kind: "contended", retries: 3 });
    expect(await metrics.text()).toContain("holdfast_commit_contended_total 3");
  });
});

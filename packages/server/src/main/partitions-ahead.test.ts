import type { ensurePartitions } from "@holdfast/postgres";
import { expect, it, vi } from "vitest";
import { partitionsAhead } from "./partitions-ahead.ts";

it("a month that gets no partition is told of once, with the reason, and the others are not", async () => {
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const states = ["exists", "created", "busy", "default_holds_rows"];
  const rows = states.map((state, index) => ({ month: `2026-0${index + 1}`, state }));
  const pool = { query: () => Promise.resolve({ rows }) } as unknown as Parameters<typeof ensurePartitions>[0];
  const run = partitionsAhead(pool, log);
  expect([await run(), await run()]).toEqual([true, true]);
  expect(log.warn.mock.calls.map(([fields]) => fields as unknown)).toEqual([
    expect.objectContaining({ month: "2026-03", state: "busy" }),
    expect.objectContaining({ month: "2026-04", state: "default_holds_rows" }),
  ]);
});

import { describe, expect, it, vi } from "vitest";
import type { EventStore } from "../events/index.ts";
import { processContext } from "./process-context.ts";

const process = { pid: 7, name: "sh", path: "/bin/sh", cmdline: "sh -c x", username: "jane", sha256: "", parent: 3 };
const span = { after: 5, upTo: 9 };

function looking(answer: () => ReturnType<EventStore["processAt"]>) {
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const processAt = vi.fn<EventStore["processAt"]>(answer);
  return { log, processAt, contextOf: processContext({ processAt }, log) };
}

describe("what is known of the process of a finding", () => {
  it("are the columns that the rule did not select, and that are known", () => {
    const { contextOf, processAt } = looking(() => process);
    expect(contextOf({ pid: 7, Path: "mine", username: null }, span)).toEqual({
      name: "sh",
      cmdline: "sh -c x",
      parent: 3,
    });
    expect(processAt).toHaveBeenCalledWith({ ...span, pid: 7, like: {} });
  });

  it("is looked up by what the row says of it", () => {
    const { contextOf, processAt } = looking(() => process);
    contextOf({ seq: 8, name: "sh", start_time: 100, other: "x" }, span);
    expect(processAt).toHaveBeenCalledWith({ ...span, seq: 8, like: { name: "sh", start_time: 100 } });
  });

  it("is nothing for a row that names no process, and nothing is looked up", () => {
    const { contextOf, processAt } = looking(() => process);
    for (const row of [{}, { pid: -1 }, { pid: "7" }, { pid: null, path: "/x" }])
      expect(contextOf(row, span)).toEqual({});
    expect(processAt).not.toHaveBeenCalled();
    expect(looking(() => undefined).contextOf({ pid: 7 }, span)).toEqual({});
  });

  it("is nothing when it cannot be read: an alert is raised without it", () => {
    const { contextOf, log } = looking(() => {
      throw new Error("disk");
    });
    expect(contextOf({ pid: 7 }, span)).toEqual({});
    expect(log.warn).toHaveBeenCalledOnce();
  });
});

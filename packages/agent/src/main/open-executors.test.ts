import { describe, expect, it } from "vitest";
import { reportOf } from "../sandbox/index.ts";
import { sandboxOf } from "./open-executors.ts";

const report = reportOf([]);

describe("what is said of the executor's sandbox", () => {
  it("is the report of the process that runs", () => {
    expect(sandboxOf({ absence: undefined, report })).toEqual({ isRunning: true, report });
  });

  it("is never the report of a process that is gone", () => {
    expect(sandboxOf({ absence: "killed by SIGKILL", report })).toEqual({ isRunning: false, why: "killed by SIGKILL" });
    expect(sandboxOf({ absence: undefined, report: undefined })).toMatchObject({ isRunning: false });
  });
});

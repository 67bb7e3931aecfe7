import { describe, expect, it } from "vitest";
import { ExecutorError } from "./errors.ts";
import { type Job, jobOf } from "./job.ts";
import { JobLine } from "./job-line.ts";

const defaults = { maxRows: 1, maxBytes: 1, maxCellLength: 1, timeoutMs: 1 };

function job(): { readonly job: Job; readonly end: Promise<string> } {
  const { job, result } = jobOf({ sql: "SELECT 1", parameters: [], bounds: {} }, defaults, () => {});
  const end = result.then(
    () => "done",
    (error: unknown) => (error as ExecutorError).code,
  );
  return { job, end };
}

const reply = (id: number) => ({ kind: "rows", id, columns: [], rows: [], isTruncated: false, durationMs: 0 }) as const;

describe("a line of jobs", () => {
  it("sends ahead no more than it should, and what comes first runs first", () => {
    const line = new JobLine();
    const jobs = Array.from({ length: 40 }, job);
    for (const { job } of jobs) expect(line.add(job)).toBe(true);
    expect(line.takeForSending()).toHaveLength(32);
    expect(line.takeForSending()).toHaveLength(0);
    expect(line.running).toBe(jobs[0]!.job);
    expect(line.finish(jobs[0]!.job.id)).toBe(jobs[0]!.job);
    expect(line.takeForSending()).toEqual([jobs[32]!.job]);
    expect(line.length).toBe(39);
  });

  it("takes an answer for the job that runs, and for no other", () => {
    const line = new JobLine();
    const [first, second] = [job(), job()];
    line.add(first.job);
    line.add(second.job);
    line.takeForSending();
    expect(line.finish(second.job.id)).toBeUndefined();
    expect(line.finish(first.job.id)).toBe(first.job);
    expect(line.running).toBe(second.job);
  });

  it("has what was sent and not settled wait again, before the others", async () => {
    const line = new JobLine();
    const jobs = Array.from({ length: 34 }, job);
    for (const { job } of jobs) line.add(job);
    line.takeForSending();
    jobs[0]!.job.reject(new ExecutorError("timeout", "too long"));
    jobs[1]!.job.resolve(reply(jobs[1]!.job.id));
    line.takeBack();
    expect(line.takeForSending().map(({ id }) => id)).toEqual(jobs.slice(2).map(({ job }) => job.id));
    expect(await Promise.all([jobs[0]!.end, jobs[1]!.end])).toEqual(["timeout", "done"]);
  });

  it("refuses jobs when too many wait, and can tell all of them why nothing comes", async () => {
    const line = new JobLine();
    const jobs = Array.from({ length: 10_000 }, job);
    for (const { job } of jobs) line.add(job);
    const last = job();
    expect(line.add(last.job)).toBe(false);
    line.drop(jobs[9_999]!.job);
    expect(line.add(last.job)).toBe(true);
    line.rejectAll(new ExecutorError("unavailable", "none"));
    expect(line.length).toBe(0);
    expect(await last.end).toBe("unavailable");
  });
});

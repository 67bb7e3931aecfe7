import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { WriterThread } from "../committer/back-end.ts";
import { grant, ORIGIN, SIGNING_SEED, STATE_KEY, submission, TABLES, temporaryFolder } from "./committer.fixture.ts";
import { type CommitterOptions, createCommitter } from "./committer.ts";
import { startWriterHere } from "./writer-here.ts";
import type { StartWriter } from "./writer-thread.ts";

function options(): CommitterOptions {
  const path = join(temporaryFolder(onTestFinished), "holdfast.db");
  const keys = { signingSeed: SIGNING_SEED, stateKey: STATE_KEY };
  return { path, tables: TABLES, origin: ORIGIN, ...keys, onCommitted() {}, onEvent() {} };
}

describe("a writer on the thread that asks for it", () => {
  it("commits what a thread of its own would commit, answers later than it is asked, and opens again", async () => {
    const told = options();
    const committer = await createCommitter(told, { startWriter: startWriterHere });
    const submitted = committer.submit(submission({ changes: [grant("ida", 0)] }));
    expect(committer.position).toBe(0);
    await expect(submitted).resolves.toMatchObject({ status: "committed", seq: 0 });
    await committer.checkpointNow();
    expect(committer.checkpoint?.size).toBe(1);
    await committer.close();
    const again = await createCommitter(told, { startWriter: startWriterHere });
    expect(again.head.size).toBe(1);
    await again.close();
  });

  it("says why a database cannot be opened, and ends", async () => {
    const told = options();
    writeFileSync(told.path, "no database at all, and longer than the header of one ".repeat(8));
    await expect(createCommitter(told, { startWriter: startWriterHere })).rejects.toMatchObject({
      code: "database_damaged",
    });
  });

  it("is started again when it is ended, with all that it has acknowledged", async () => {
    let thread: WriterThread | undefined;
    const starts = vi.fn();
    const startWriter: StartWriter = (given, events) => {
      starts();
      return (thread = startWriterHere(given, events));
    };
    const committer = await createCommitter(options(), { startWriter, restartDelayMs: 1 });
    await committer.submit(submission());
    thread!.terminate();
    thread!.terminate();
    // What is asked of one that has ended is lost with it, and said to be.
    thread!.post({ kind: "checkpoint" });
    await vi.waitFor(() => expect(starts).toHaveBeenCalledTimes(2));
    await vi.waitFor(async () => {
      await expect(committer.submit(submission())).resolves.toMatchObject({ status: "committed", seq: 1 });
    });
    await committer.close();
  });
});

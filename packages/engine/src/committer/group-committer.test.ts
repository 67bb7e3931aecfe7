import { describe, expect, it, onTestFinished } from "vitest";
import { ORIGIN, submission, TABLES } from "../sqlite/committer.fixture.ts";
import type { WriterEvents } from "./back-end.ts";
import { GroupCommitter } from "./group-committer.ts";
import type { Committed } from "./options.ts";
import type { Request } from "./protocol.ts";

const head = { origin: ORIGIN, size: 0, chain: "", root: "", epoch: 0, signature: "" };
const recovery = {
  isNew: true,
  versionFound: 1,
  wasUnclean: false,
  head,
  checkpoint: undefined,
  verifiedFrom: 0,
  isCheckpointMissing: false,
  durationMs: 0,
};

/** A committer over a database that other nodes write to; a test says what its writer hears of them. */
async function shared(isOnDuty: boolean, issuesAtOnce = true) {
  let issues = issuesAtOnce;
  const asked: Request["kind"][] = [];
  const told: Committed[] = [];
  let events!: WriterEvents;
  const post = ({ kind }: Request): void => {
    asked.push(kind);
    if (kind === "checkpoint" && issues) issue();
    if (kind !== "close") return;
    events.reply({ kind: "closed", checkpoint: undefined });
    events.exit(undefined);
  };
  const issue = (): void => {
    issues = true;
    events.reply({ kind: "checkpoint", checkpoint: { size: 1_500, note: "" } });
  };
  const start = (_: unknown, its: WriterEvents) => {
    events = its;
    queueMicrotask(() => its.reply({ kind: "opened", recovery }));
    return { post, terminate: () => undefined };
  };
  const committer = new GroupCommitter(
    { tables: TABLES, isShared: true, start },
    { isOnDuty: () => isOnDuty, onCommitted: (committed) => told.push(committed) },
    {},
    () => undefined,
  );
  await committer.open();
  onTestFinished(() => committer.close());
  const moved = (size: number) => ({
    batches: [{ seq: size - 1, writes: ["path:a"] }],
    head: { ...head, size },
    checkpoint: undefined,
  });
  return {
    committer,
    asked,
    told,
    issue,
    hear: (isIncomplete: boolean, size = 1_500) =>
      events.reply({ kind: "moved", moved: { ...moved(size), isIncomplete } }),
  };
}

describe("a ledger that other nodes write to", () => {
  it("moves on with them, and tells what they wrote before it shows where it stands", async () => {
    const { committer, told, hear } = await shared(false);
    hear(false);
    expect(told).toEqual([{ writes: ["path:a"], position: 1_500, isIncomplete: false }]);
    expect([committer.position, committer.head.size]).toEqual([1_500, 1_500]);
  });

  it("believes no plan from before when not all of what they wrote is known", async () => {
    const { committer, told, hear } = await shared(false);
    hear(true);
    expect(told.at(-1)).toMatchObject({ isIncomplete: true });
    const plan = submission({ reads: ["path:other"], seen: 10 });
    expect(await committer.submit(plan)).toEqual({ status: "stale", key: "path:other" });
  });

  it("gets its checkpoint at once from the node whose duty it is when it has grown by so much, and from no other", async () => {
    const [onDuty, offDuty] = [await shared(true), await shared(false)];
    for (const { hear } of [onDuty, offDuty]) hear(false);
    expect(onDuty.asked).toEqual(["checkpoint"]);
    expect(onDuty.committer.checkpoint).toMatchObject({ size: 1_500 });
    expect(offDuty.asked).toEqual([]);
  });

  it("asks for no second checkpoint while the first is being issued, and for the next when that one stands", async () => {
    const { asked, issue, hear } = await shared(true, false);
    for (const size of [1_500, 1_600]) hear(false, size);
    expect(asked).toEqual(["checkpoint"]);
    issue();
    await Promise.resolve();
    hear(false, 3_000);
    expect(asked).toEqual(["checkpoint", "checkpoint"]);
  });
});

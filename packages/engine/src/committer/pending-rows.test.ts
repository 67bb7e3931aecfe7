import { describe, expect, it } from "vitest";
import { grant, submission, ungrant, grants } from "../sqlite/committer.fixture.ts";
import { PendingRows } from "./pending-rows.ts";

const key = { tenant: "t", actor: "a" };

describe("a row that is queued", () => {
  it("is known as the last of those who queued it leaves it, and whose plan that is", () => {
    const rows = new PendingRows();
    const [first, second] = [0, 1].map((rev) => submission({ changes: [grant("a", rev)] })) as [never, never];
    rows.add(first);
    rows.add(second);
    rows.remove(first);
    expect(rows.get(grants, key)).toEqual({ owner: second, stands: { row: key, rev: 2 } });
    const third = submission({ changes: [ungrant("a", 2)] });
    rows.add(third);
    expect(rows.get(grants, key)).toEqual({ owner: third, stands: null });
    rows.remove(third);
    expect(rows.get(grants, key)).toBeUndefined();
  });

  it("has settled when nobody has it queued any more, for all who wait for that", async () => {
    const rows = new PendingRows();
    const [first, second] = [0, 1].map((rev) => submission({ changes: [grant("a", rev)] })) as [never, never];
    rows.add(first);
    const heard: string[] = [];
    const waiting = ["one", "two"].map((who) => rows.settled(grants, key).then(() => heard.push(who)));
    rows.add(second);
    rows.remove(first);
    await Promise.resolve();
    expect(heard).toEqual([]);
    rows.remove(second);
    await Promise.all(waiting);
    expect(heard).toEqual(["one", "two"]);
    await expect(rows.settled(grants, key)).resolves.toBeUndefined();
  });
});

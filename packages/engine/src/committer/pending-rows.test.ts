import { describe, expect, it } from "vitest";
import type { HashedChange } from "../submission.ts";
import type { Change, Table } from "../table.ts";
import { PendingRows } from "./pending-rows.ts";

const things: Table = { name: "things", columns: { id: "text" }, key: ["id"] };
const key = { id: "a" };
const put = (expect: number): HashedChange[] => hashed({ put: things, row: key, expect });
const hashed = (change: Change): HashedChange[] => [{ change, hash: new Uint8Array(32) }];

describe("a row that is queued", () => {
  it("is known as the last of those who queued it leaves it", () => {
    const rows = new PendingRows();
    const [first, second] = [{}, {}];
    rows.add(first, put(0));
    rows.add(second, put(1));
    rows.remove(first, put(0));
    expect(rows.get(things, key)).toEqual({ row: key, rev: 2 });
    rows.add(first, hashed({ delete: things, key, expect: 2 }));
    expect(rows.get(things, key)).toBeNull();
    rows.remove(first, hashed({ delete: things, key, expect: 2 }));
    expect(rows.get(things, key)).toBeUndefined();
  });

  it("has settled when nobody has it queued any more, for all who wait for that", async () => {
    const rows = new PendingRows();
    const [first, second] = [{}, {}];
    rows.add(first, put(0));
    const heard: string[] = [];
    const waiting = ["one", "two"].map((who) => rows.settled(things, key).then(() => heard.push(who)));
    rows.add(second, put(1));
    rows.remove(first, put(0));
    await Promise.resolve();
    expect(heard).toEqual([]);
    rows.remove(second, put(1));
    await Promise.all(waiting);
    expect(heard).toEqual(["one", "two"]);
    await expect(rows.settled(things, key)).resolves.toBeUndefined();
  });
});

import { hashChange, type Change, type Table } from "@holdfast/engine";
import fc from "fast-check";
import { expect, it } from "vitest";
import { RowChanges } from "./row-changes.ts";

const STATE_KEY = new Uint8Array(32).fill(2);
const rows: Table = { name: "rows", columns: { id: "text", value: "integer?" }, key: ["id"] };

const hashed = (changes: readonly Change[]) => changes.map((change) => ({ change, hash: hashChange(change) }));
const put = (id: string, value: number, expect: number): Change => ({ put: rows, row: { id, value }, expect });
const remove = (id: string, expect: number): Change => ({ delete: rows, key: { id }, expect });

it("shows the database the first state of a row and the last, however many submissions change it", () => {
  const changes = new RowChanges(STATE_KEY, new Map());
  expect(changes.add(hashed([put("a", 1, 4)]), 10)).toBeUndefined();
  expect(changes.add(hashed([put("a", 2, 5)]), 11)).toBeUndefined();
  expect(changes.changes).toMatchObject([
    { key: { id: "a" }, expect: 4, final: { rev: 6, seq: 11, row: { value: 2 } } },
  ]);
  expect(changes.add(hashed([remove("a", 6)]), 12)).toBeUndefined();
  expect(changes.changes).toMatchObject([{ key: { id: "a" }, expect: 4, final: undefined }]);
  expect(changes.add(hashed([put("a", 3, 0)]), 13)).toBeUndefined();
  expect(changes.changes).toMatchObject([{ expect: 4, final: { rev: 1, seq: 13 } }]);
});

it("takes nothing of a submission one of whose rows is not as it expects", () => {
  const changes = new RowChanges(STATE_KEY, new Map());
  changes.add(hashed([put("a", 1, 1)]), 0);
  expect(changes.add(hashed([put("b", 1, 0), put("a", 2, 1)]), 1)).toBe("rows");
  expect(changes.changes).toHaveLength(1);
  expect(changes.changes).toMatchObject([{ final: { rev: 2 } }]);
});

it("expects of a row what a commit has found it to be", () => {
  const [known] = new RowChanges(STATE_KEY, new Map()).keys;
  expect(known).toBeUndefined();
  const first = new RowChanges(STATE_KEY, new Map());
  first.add(hashed([put("a", 1, 3)]), 0);
  const found = new Map([[first.keys[0] as string, 7]]);
  const second = new RowChanges(STATE_KEY, found);
  expect(second.add(hashed([put("a", 1, 3)]), 0)).toBe("rows");
  expect(second.add(hashed([put("a", 1, 7)]), 0)).toBeUndefined();
});

it("leaves what a plain store leaves, whatever is put and deleted in one batch", () => {
  const step = fc.record({ id: fc.constantFrom("a", "b", "c"), isPut: fc.boolean(), expect: fc.nat(4) });
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom("a", "b", "c"), fc.nat(3)), fc.array(step), (before, steps) => {
      const store = new Map(Object.entries(before).filter(([, rev]) => rev > 0));
      const changes = new RowChanges(STATE_KEY, foundOf(before));
      for (const [seq, { id, isPut, expect: rev }] of steps.entries()) {
        const change = isPut ? put(id, seq, rev) : remove(id, rev);
        const isFit = (store.get(id) ?? 0) === rev;
        expect(changes.add(hashed([change]), seq) === undefined).toBe(isFit);
        if (isFit && isPut) store.set(id, rev + 1);
        else if (isFit) store.delete(id);
      }
      for (const { key, expect: rev, final } of changes.changes) {
        expect(rev).toBe(before[key["id"] as string] ?? 0);
        expect(final?.rev).toBe(store.get(key["id"] as string));
      }
    }),
  );
});

/** As a commit reports them: every row by its key, 0 where there is none. */
function foundOf(before: Readonly<Record<string, number>>): Map<string, number> {
  const found = new Map<string, number>();
  for (const id of ["a", "b", "c"]) {
    const one = new RowChanges(STATE_KEY, new Map());
    one.add(hashed([put(id, 0, 0)]), 0);
    found.set(one.keys[0] as string, before[id] ?? 0);
  }
  return found;
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fromHex, toHex } from "@holdfast/kernel/bytes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256 } from "../crypto.ts";
import type { Cell, Row, Table } from "../table.ts";
import { grants, keys, STATE_KEY } from "../sqlite/committer.fixture.ts";
import { layoutOf, rowKey } from "./layout.ts";
import { hashChange, hashRow, macOf, NO_ROW, openRow, verifyRow } from "./row.ts";

/** The same encoding, written to be read (docs/formats/row.md). */
function readableHash(table: Table, row: Row, rev: number): Uint8Array {
  const cells = Object.keys(table.columns).map((name) => row[name] ?? null);
  const last = cells.findLastIndex((cell) => cell !== null);
  const name = Buffer.from(table.name);
  return sha256(
    Buffer.concat([
      Buffer.from("holdfast/row-hash/1\0"),
      number(2, BigInt(name.byteLength)),
      name,
      number(8, BigInt(rev)),
      number(2, BigInt(last + 1)),
      ...cells.slice(0, last + 1).map(cellBytes),
    ]),
  );
}

const number = (length: number, value: bigint) =>
  Buffer.from(
    BigInt.asUintN(length * 8, value)
      .toString(16)
      .padStart(length * 2, "0"),
    "hex",
  );

function cellBytes(cell: Cell): Uint8Array {
  if (cell === null) return Buffer.from([0]);
  if (typeof cell === "number") return Buffer.concat([Buffer.from([1]), number(8, BigInt(cell))]);
  const bytes = Buffer.from(cell as string);
  return Buffer.concat([Buffer.from([typeof cell === "string" ? 2 : 3]), number(4, BigInt(bytes.byteLength)), bytes]);
}

describe("the hash of a row", () => {
  it("and its MAC are what docs/formats/row.md works out", () => {
    const page = readFileSync(join(import.meta.dirname, "../../../../docs/formats/row.md"), "utf8");
    const [, json] = /^```json\n([^]*?)\n```$/m.exec(page)!;
    const of = JSON.parse(json!) as Record<"rev" | "seq", number> &
      Record<"stateMac" | "hash" | "mac" | "table", string> & { readonly columns: Table["columns"]; readonly row: Row };
    const table: Table = { name: of.table, columns: of.columns, key: ["tenant", "actor", "role"] };
    const hash = hashRow(table, of.row, of.rev);
    expect(toHex(hash)).toBe(of.hash);
    expect(toHex(macOf(fromHex(of.stateMac), table, hash, of.seq))).toBe(of.mac);
  });

  it("is that of the readable encoding", () => {
    const text = fc.string({ unit: "grapheme" });
    const row = fc.record({
      tenant: text,
      actor: text,
      uses: fc.option(fc.maxSafeInteger()),
      seal: fc.option(fc.uint8Array()),
    });
    fc.assert(
      fc.property(row, fc.nat(), (cells, rev) => {
        expect(hashRow(grants, cells, rev)).toEqual(readableHash(grants, cells, rev));
      }),
    );
  });

  it("covers cells of any size", () => {
    const row = { id: new Uint8Array(70_000).fill(3), label: "é".repeat(100_000) };
    expect(hashRow(keys, row, 1)).toEqual(readableHash(keys, row, 1));
  });

  it("does not change when a nullable column is declared later", () => {
    const later: Table = { ...grants, name: "grants", columns: { ...grants.columns, note: "text?" } };
    const row = { tenant: "t", actor: "a", uses: 1 };
    expect(hashRow(later, row, 1)).toEqual(hashRow(grants, row, 1));
  });

  it("refuses integers that SQLite and JavaScript would not agree on", () => {
    expect(() => hashRow(grants, { tenant: "t", actor: "a", uses: 2 ** 60 }, 1)).toThrow("safe integer");
  });

  it("is 32 zero bytes for a deleted row, and counts the row version it will have", () => {
    const key = { tenant: "t", actor: "a" };
    expect(hashChange({ delete: grants, key, expect: 3 })).toBe(NO_ROW);
    expect(hashChange({ put: grants, row: key, expect: 3 })).toEqual(hashRow(grants, key, 4));
  });
});

describe("the MAC of a row", () => {
  const row = { tenant: "t", actor: "a", uses: null, seal: null };
  const mac = macOf(STATE_KEY, grants, hashRow(grants, row, 1), 5);

  it("holds for the row, its version and its entry, and nothing else", () => {
    expect(verifyRow(STATE_KEY, grants, { ...row, rev: 1, seq: 5, mac })).toMatchObject({ row, rev: 1, seq: 5 });
    expect(openRow(new Uint8Array(32), grants, { ...row, rev: 1, seq: 5, mac })).toBeUndefined();
  });

  it.each([
    ["no MAC", { rev: 1, seq: 5, mac: null }],
    ["a text for a version", { rev: "1", seq: 5, mac }],
    ["a text for an entry", { rev: 1, seq: "5", mac }],
    ["a fraction for a version", { rev: 1.5, seq: 5, mac }],
    ["a fraction for an entry", { rev: 1, seq: 5.5, mac }],
    ["a negative entry", { rev: 1, seq: -5, mac }],
  ])("does not hold with %s", (_, owned) => {
    expect(() => verifyRow(STATE_KEY, grants, { ...row, ...owned })).toThrow(
      expect.objectContaining({ code: "state_tampered" }),
    );
  });
});

describe("a table declaration", () => {
  const table = (over: Partial<Table>): Table => ({
    name: "t",
    columns: { a: "text", b: "text?" },
    key: ["a"],
    ...over,
  });

  it.each([
    ["an upper-case name", { name: "T" }],
    ["a name of the ledger", { name: "entries" }],
    ["a name of SQLite", { name: "sqlite_x" }],
    ["a quote in a column", { columns: { a: "text", 'b"': "text" } }],
    ["a column that the committer owns", { columns: { a: "text", seq: "integer" } }],
    ["no key", { key: [] }],
    ["a key that is not declared", { key: ["c"] }],
    ["a key that may be null", { key: ["b"] }],
    ["an index on nothing", { indexes: [["c"]] }],
  ] as [string, Partial<Table>][])("is refused with %s", (_, over) => {
    expect(() => layoutOf(table(over))).toThrow(expect.objectContaining({ code: "table_invalid" }));
  });

  it("names rows so that no two of them share a name", () => {
    const two: Table = { name: "t", columns: { a: "text", b: "blob" }, key: ["a", "b"] };
    const names = [
      rowKey(two, { a: "x\u0000" + "1:y", b: new Uint8Array([1]) }),
      rowKey(two, { a: "x", b: new Uint8Array([1]) }),
      rowKey(two, { a: "x", b: new Uint8Array([1, 1]) }),
    ];
    expect(new Set(names).size).toBe(3);
  });
});

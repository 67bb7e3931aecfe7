import { expect, it } from "vitest";
import { TABLES } from "./ledger.fixture.ts";
import { relationOf } from "./relation.ts";
import { insistFit } from "./unfit-row.ts";

const things = relationOf(TABLES[0]!);
const row = (note: string | null) => ({ kind: "a", id: Buffer.from("0f", "hex"), size: 1, note, sealed: Buffer.of(0) });

it("names the row and the column that PostgreSQL could not store", () => {
  const rows = [row("fine"), row("not\0fine")];
  expect(() => insistFit(things, rows)).toThrow('Row ["a","0f"] of things holds the character U+0000 in note');
});

it("takes every other row, whatever its blobs hold", () => {
  expect(() => insistFit(things, [row(null), row(""), row("\ufffd\u{10ffff}\u0001")])).not.toThrow();
});

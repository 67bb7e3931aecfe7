import { fromUtf8 } from "@holdfast/kernel/bytes";
import { expect, test } from "vitest";
import type { Table } from "../table.ts";
import { payloadBytes } from "./payload.ts";

const table: Table = { name: "keys", columns: { id: "blob", part: "integer", secret: "text?" }, key: ["id", "part"] };
const hash = new Uint8Array(32).fill(0xab);
const hex = "ab".repeat(32);
const printed = (changes: Parameters<typeof payloadBytes>[1]) =>
  JSON.parse(fromUtf8(payloadBytes({ op: "key.put", from: "socket", node: "n", name: undefined }, changes))) as unknown;

test("members that are not known stay out, and so does an empty list of changes", () => {
  expect(printed([])).toEqual({ op: "key.put", from: "socket", node: "n" });
});

test("a change is its table, its key and the hash of its row, never the row", () => {
  const id = new Uint8Array([1, 2]);
  const changes = [
    { change: { put: table, row: { id, part: 3, secret: "hunter2" }, expect: 0 }, hash },
    { change: { delete: table, key: { id, part: 4 }, expect: 1 }, hash },
  ];
  expect(printed(changes)).toMatchObject({
    changes: [
      ["keys", ["0102", 3], "put", hex],
      ["keys", ["0102", 4], "delete", hex],
    ],
  });
  expect(JSON.stringify(printed(changes))).not.toContain("hunter2");
});

test("a key column that is left out is null", () => {
  expect(printed([{ change: { put: table, row: { part: 3 }, expect: 0 }, hash }])).toMatchObject({
    changes: [["keys", [null, 3], "put", hex]],
  });
  expect(printed([{ change: { delete: table, key: { part: 3 }, expect: 0 }, hash }])).toMatchObject({
    changes: [["keys", [null, 3], "delete", hex]],
  });
});

import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../folder.fixture.ts";
import { openFile, outboxError } from "./file.ts";

test("what was taken in survives a power cut, also in a file that is opened again", () => {
  const path = join(temporaryFolder(), "outbox.db");
  openFile(path).database.close();
  const { database, isNew } = openFile(path);
  const pragma = (name: string) => Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  expect([
    isNew,
    pragma("journal_mode"),
    pragma("synchronous"),
    pragma("secure_delete"),
    pragma("foreign_keys"),
  ]).toEqual([false, "wal", 2, 1, 1]);
  database.close();
});

test.each([
  [11, "outbox_damaged"],
  [26, "outbox_damaged"],
  [1, "outbox_damaged"],
  [267, "outbox_damaged"], // corruption of a virtual table: the low byte says what it is
  [5, "outbox_in_use"],
  [13, "outbox_failed"],
  [8, "outbox_failed"],
  [10, "outbox_failed"],
  [undefined, "outbox_failed"],
])("SQLite's %s is %s", (errcode, code) => {
  const error = Object.assign(new Error("said by SQLite"), errcode === undefined ? {} : { errcode });
  expect(outboxError(error)).toMatchObject({ code, message: expect.not.stringContaining("said by SQLite") as string });
});

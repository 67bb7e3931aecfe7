import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { consistencyProof, inclusionProof } from "@holdfast/kernel/merkle";
import { loadTree } from "@holdfast/kernel/tiles";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { sha256 } from "../crypto.ts";
import { forWriter, temporaryFolder, writerOptions } from "../sqlite/committer.fixture.ts";
import { SqliteLedgerReader } from "../sqlite/ledger-reader.ts";
import { LedgerStore } from "../sqlite/ledger-store.ts";
import { SqliteWriter } from "../sqlite/writer.ts";
import { proveEntry } from "./prove.ts";
import { withTiles } from "./with-tiles.ts";

let database: DatabaseSync;
const cleaning: (() => void)[] = [];
afterAll(() => {
  database.close();
  for (const clean of cleaning) clean();
});

/** 1,300 entries: five complete tiles of level 0, an open one, and the open one above them. */
beforeAll(async () => {
  const path = join(
    temporaryFolder((clean) => cleaning.push(clean)),
    "holdfast.db",
  );
  const writer = new SqliteWriter(writerOptions(path));
  await writer.open();
  for (let batch = 0; batch < 5; batch++) writer.commit(Array.from({ length: 260 }, () => forWriter()));
  writer.close();
  database = new DatabaseSync(path, { readOnly: true });
});

describe("a computation over tiles", () => {
  it("comes to what it does when it reads each tile as it goes", async () => {
    const { readTile } = new LedgerStore(database);
    const reader = new SqliteLedgerReader(database);
    for (const size of [1, 255, 256, 300, 1_280, 1_300]) {
      const inclusion = await withTiles(reader, (read, hash) => inclusionProof(hash, size - 1, size, read));
      expect(inclusion).toEqual(inclusionProof(sha256, size - 1, size, readTile));
      const consistency = await withTiles(reader, (read, hash) => consistencyProof(hash, size, 1_300, read));
      expect(consistency).toEqual(consistencyProof(sha256, size, 1_300, readTile));
      const tree = await withTiles(reader, (read, hash) => loadTree(hash, size, read));
      expect(tree.root()).toEqual(loadTree(sha256, size, readTile).root());
    }
  });

  it("asks for all of its tiles at once, and for each of them once", async () => {
    const reader = new SqliteLedgerReader(database);
    const tiles = vi.spyOn(reader, "tiles");
    await proveEntry(reader, 700);
    expect(tiles).toHaveBeenCalledTimes(1);
    const names = tiles.mock.calls[0]![0].map(({ level, index }) => `${level}/${index}`);
    expect(names.toSorted()).toEqual(["0/2", "0/5", "1/0"]);
  });

  it("fails as it would with tiles that are too short", async () => {
    const missing = { tiles: (names: readonly unknown[]) => Promise.resolve(names.map(() => new Uint8Array())) };
    await expect(withTiles(missing, (read, hash) => loadTree(hash, 300, read))).rejects.toThrow("partial tile");
  });
});

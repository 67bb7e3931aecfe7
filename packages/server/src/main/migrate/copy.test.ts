import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openWriteConnection, type Table } from "@holdfast/engine";
import { lockInstance, openReadConnection } from "@holdfast/engine/sqlite-file";
import { describe, expect, it } from "vitest";
import { copy, type CopySource, type CopyTarget, MAX_SET_BYTES } from "./copy.ts";
import { grow, temporaryFolder, TABLES } from "./ledger.fixture.ts";
import { entries, relationOf } from "./relation.ts";
import { openSqliteSource } from "./sqlite-source.ts";
import { SqliteTarget } from "./sqlite-target.ts";

const silent = (): void => {};

/** Everything that a database holds, but for how it lies in the file. */
function contentOf(path: string): Record<string, unknown> {
  const database = openReadConnection(path);
  try {
    const tables = database.prepare("SELECT name, sql FROM sqlite_master ORDER BY name").all();
    const named = tables.map(({ name, sql }) => [
      name,
      [sql, String(sql).startsWith("CREATE TABLE") && database.prepare(`SELECT * FROM "${String(name)}"`).all()],
    ]);
    return {
      ...(Object.fromEntries(named) as object),
      version: database.prepare("PRAGMA user_version").get()?.["user_version"],
    };
  } finally {
    database.close();
  }
}

async function moved(from: string, to: string, run = copy): Promise<Awaited<ReturnType<typeof copy>>> {
  const source = openSqliteSource(from, TABLES);
  const target = new SqliteTarget(to, TABLES);
  try {
    const result = await run(source, target, TABLES, silent);
    await target.publish();
    return result;
  } finally {
    await target.close();
    await source.close();
  }
}

/** Ends the copy after so many sets, as a killed process does: nothing is tidied up but by the operating system. */
function endedAfter(sets: number): typeof copy {
  return (source, target, tables, onCopied) => {
    let left = sets;
    const ending: CopyTarget = new Proxy(target, {
      get(real, name) {
        const value = Reflect.get(real, name, real) as unknown;
        if (typeof value !== "function") return value;
        if (name !== "write" && name !== "finish") return value.bind(real) as unknown;
        return (...words: unknown[]) => {
          if (left-- === 0) throw new Error("killed");
          return (value as (...given: unknown[]) => unknown).apply(real, words);
        };
      },
    });
    return copy(source, ending, tables, onCopied);
  };
}

describe("a copy of a SQLite database", () => {
  it("holds the same in every table, filters included, and nothing of the source is changed", async () => {
    const folder = temporaryFolder();
    const [from, to] = [join(folder, "from.db"), join(folder, "new", "to.db")];
    await grow(from, 2_300);
    const before = contentOf(from);
    const { begun, copied } = await moved(from, to);
    expect(begun).toBe("empty");
    expect(copied).toEqual({ entries: 2_300, tiles: 9, rows: 2_300, checkpoints: 3 });
    expect(readdirSync(join(folder, "new")).sort()).toEqual([".gitignore", "to.db", "to.db.lock"]);
    expect(contentOf(from)).toEqual(before);
    expect(contentOf(to)).toEqual(before);
  });

  it("goes on where an earlier run was ended, wherever that was", async () => {
    const folder = temporaryFolder();
    const from = join(folder, "from.db");
    // Two sets of entries, the second in the middle of a block, tiles, two sets of rows, the head.
    await grow(from, 1_100);
    for (const sets of [0, 1, 3, 5]) {
      const to = join(folder, `new-${sets}`, "to.db");
      await expect(moved(from, to, endedAfter(sets))).rejects.toThrow("killed");
      expect(existsSync(to)).toBe(false);
      const { begun } = await moved(from, to);
      expect(begun).toBe("begun");
      expect(contentOf(to)).toEqual(contentOf(from));
    }
  }, 60_000);

  it("is begun anew when the source has gone on since", async () => {
    const folder = temporaryFolder();
    const [from, to] = [join(folder, "from.db"), join(folder, "new", "to.db")];
    await grow(from, 10);
    await expect(moved(from, to, endedAfter(1))).rejects.toThrow("killed");
    await grow(from, 10);
    expect((await moved(from, to)).begun).toBe("empty");
    expect(contentOf(to)).toEqual(contentOf(from));
  });

  it("that was killed before it got its name only gets its name", async () => {
    const folder = temporaryFolder();
    const [from, to] = [join(folder, "from.db"), join(folder, "new", "to.db")];
    await grow(from, 10);
    const unpublished = async (...words: Parameters<typeof copy>) => {
      await copy(...words);
      throw new Error("killed");
    };
    await expect(moved(from, to, unpublished)).rejects.toThrow("killed");
    expect((await moved(from, to)).begun).toBe("copied");
    expect(contentOf(to)).toEqual(contentOf(from));
  });

  it("that is there already says so, with what it holds", async () => {
    const folder = temporaryFolder();
    const [from, to] = [join(folder, "from.db"), join(folder, "new", "to.db")];
    await grow(from, 10);
    await moved(from, to);
    expect(await moved(from, to)).toEqual({
      begun: "copied",
      copied: { entries: 10, tiles: 0, rows: 10, checkpoints: 1 },
    });
  });

  it("never writes over another ledger, another state of this one, or any other file", async () => {
    const folder = temporaryFolder();
    const [from, other] = [join(folder, "from.db"), join(folder, "other.db")];
    await grow(from, 10);
    await grow(other, 10, { origin: `holdfast/log/${"z".repeat(25)}a` });
    await expect(moved(other, from)).rejects.toMatchObject({ code: "target_foreign" });
    const state = join(folder, "new", "state.db");
    await moved(from, state);
    await grow(from, 1);
    await expect(moved(from, state)).rejects.toMatchObject({
      code: "target_foreign",
      message: expect.stringContaining("10 entries instead of 11") as string,
    });
    writeFileSync(join(folder, "new", "empty.db"), "");
    await expect(moved(from, join(folder, "new", "empty.db"))).rejects.toMatchObject({ code: "target_foreign" });
  });

  it("waits for whoever works on either side to have ended", async () => {
    const folder = temporaryFolder();
    const [from, to] = [join(folder, "from.db"), join(folder, "to.db")];
    await grow(from, 1);
    for (const [path, code] of [
      [from, "source_in_use"],
      [to, "target_in_use"],
    ] as const) {
      const unlock = lockInstance(path);
      await expect(moved(from, to)).rejects.toMatchObject({ code });
      unlock();
    }
  });

  it("is not made of what holds no ledger", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "from.db");
    expect(() => openSqliteSource(path, TABLES)).toThrow("There is no ledger");
    openWriteConnection(path).close();
    expect(() => openSqliteSource(path, TABLES)).toThrow("There is no ledger");
    await grow(path, 0);
    expect(() => openSqliteSource(path, TABLES)).toThrow("There is no ledger");
  });

  it("is not made of what an older or a newer version wrote", async () => {
    const path = join(temporaryFolder(), "from.db");
    await grow(path, 1);
    const [things, empty] = TABLES as [Table, Table];
    const declared = (columns: Table["columns"]) => [{ ...things, columns: { ...things.columns, ...columns } }, empty];
    expect(() => openSqliteSource(path, declared({ more: "text?" }))).toThrow("An older version");
    expect(() => openSqliteSource(path, [...TABLES, { ...empty, name: "more" }])).toThrow("An older version");
    expect(() => openSqliteSource(path, [things])).toThrow("A newer version");
    expect(() => openSqliteSource(path, [{ ...things, columns: { kind: "text", id: "blob" } }, empty])).toThrow(
      "A newer version",
    );
  });
});

describe("a set of rows", () => {
  it("is bounded by bytes, and holds one row at least", async () => {
    const path = join(temporaryFolder(), "from.db");
    await grow(path, 5, { note: "x".repeat(MAX_SET_BYTES / 2 - 1_000) });
    await grow(path, 1, { note: "y".repeat(MAX_SET_BYTES + 1) });
    const source = openSqliteSource(path, TABLES);
    const [things] = TABLES;
    const sizes = await sizesOf(source, relationOf(things!));
    expect(sizes.reduce((sum, size) => sum + size)).toBe(6);
    expect(Math.max(...sizes)).toBe(2);
    expect(await sizesOf(source, entries)).toEqual([6]);
    await source.close();
  });
});

async function sizesOf(source: CopySource, relation: typeof entries): Promise<number[]> {
  const sizes: number[] = [];
  for (let rows = await source.read(relation, undefined); rows.length > 0; ) {
    sizes.push(rows.length);
    rows = await source.read(relation, rows.at(-1));
  }
  return sizes;
}

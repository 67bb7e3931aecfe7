import { existsSync, mkdirSync, readdirSync, renameSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ruleTables } from "@holdfast/rules";
import { describe, expect, test } from "vitest";
import { event, openStore, processRow, queryFile, smallTables, testFolder } from "./events.fixture.ts";

const NOW_MS = 1_764_000_000_000;
const put = (row: Record<string, string | number>) => ({ table: "processes", row });

function storeAt(path = join(testFolder(), "events.db")) {
  let now = NOW_MS;
  const opened = openStore(path, { now: () => now });
  return { ...opened, path, setNow: (ms: number) => void (now = ms) };
}

describe("numbers of changes", () => {
  test("grow over tables and batches, and head is the newest", () => {
    const { store, path } = storeAt();
    const before = store.head;
    store.write([event(1), put(processRow(1)), event(2)]);
    store.write([event(3)]);
    const events = queryFile(path, "SELECT pid, seq FROM process_events ORDER BY seq");
    expect(events.map(({ pid }) => pid)).toEqual([1, 2, 3]);
    expect(events.map(({ seq }) => Number(seq) - before)).toEqual([1, 3, 4]);
    expect(store.head).toBe(before + 4);
  });

  test("go on above the old ones after a restart, and after the file was lost", () => {
    const { store, path } = storeAt();
    store.write([event(1)]);
    const { head } = store;
    store.close();
    const again = openStore(path, { now: () => 1_000 });
    expect(again.store.head).toBeGreaterThanOrEqual(head);
    again.store.close();
    renameSync(path, `${path}.gone`);
    expect(openStore(path, { now: () => NOW_MS + 5_000 }).store.head).toBeGreaterThan(head);
  });
});

describe("rows of state", () => {
  test("keep their number and first sight while only counters change, and get a new one for anything else", () => {
    const { store, path, setNow } = storeAt();
    store.write([put(processRow(7))]);
    const [first] = queryFile(path, "SELECT * FROM processes");
    setNow(NOW_MS + 60_000);
    store.write([put(processRow(7, "sh", 99))]);
    const [quiet] = queryFile(path, "SELECT * FROM processes");
    expect(quiet).toMatchObject({ resident_size: 99, seq: first?.["seq"], first_seen: first?.["first_seen"] });
    expect(quiet?.["last_seen"]).toBe(Number(first?.["last_seen"]) + 60);
    store.write([put(processRow(7, "bash"))]);
    const [changed] = queryFile(path, "SELECT * FROM processes");
    expect(changed?.["first_seen"]).toBe(first?.["first_seen"]);
    expect(changed?.["seq"]).toBe(store.head);
  });

  test("go when they are said to be gone, and when a snapshot does not have them", () => {
    const { store, path } = storeAt();
    store.write([1, 2, 3].map((pid) => put(processRow(pid))));
    store.write([{ table: "processes", gone: { pid: 2, start_time: 1 } }]);
    expect(queryFile(path, "SELECT pid FROM processes ORDER BY pid")).toEqual([{ pid: 1 }, { pid: 3 }]);
    const [, before] = queryFile(path, "SELECT seq FROM processes ORDER BY pid");
    store.write([{ table: "processes", snapshot: [processRow(3), processRow(4)] }]);
    expect(queryFile(path, "SELECT pid FROM processes ORDER BY pid")).toEqual([{ pid: 3 }, { pid: 4 }]);
    expect(queryFile(path, "SELECT seq FROM processes WHERE pid = 3")).toEqual([before]);
  });

  test("are read back by columns, for a collector that was stopped", () => {
    const { store } = storeAt();
    store.write([put(processRow(1)), put(processRow(2))]);
    expect(store.read("processes", ["pid"])).toEqual([{ pid: 1 }, { pid: 2 }]);
  });
});

test("a batch is written whole or not at all, with what is remembered with it", () => {
  const { store, path } = storeAt();
  store.write([event(1)], { boot_id: "a" });
  expect(store.recall("boot_id")).toBe("a");
  expect(store.recall("nothing")).toBeUndefined();
  const reader = new DatabaseSync(path);
  reader.exec("CREATE TRIGGER refuse BEFORE INSERT ON processes BEGIN SELECT abs(-9223372036854775807 - 1); END");
  reader.close();
  expect(() => store.write([event(2), put(processRow(1))], { boot_id: "b" })).toThrow(
    expect.objectContaining({ code: "store_failed" }),
  );
  expect(queryFile(path, "SELECT pid FROM process_events")).toEqual([{ pid: 1 }]);
  expect(store.recall("boot_id")).toBe("a");
});

test("a row that its table refuses is counted, and the others of its batch stand", () => {
  const { store, losses, path } = storeAt();
  const changes = [event(1), { table: "process_events", row: { time: Number.NaN, name: "x", pid: 2 } }, event(3)];
  expect(store.write([...changes, { table: "no_such_table", row: {} }])).toEqual({ rows: 2, refused: 2 });
  expect(queryFile(path, "SELECT pid FROM process_events")).toEqual([{ pid: 1 }, { pid: 3 }]);
  expect(losses.take()).toEqual([{ stage: "store", name: "events", reason: "row_refused", lost: 2 }]);
});

describe("the file", () => {
  test("is in WAL mode and belongs to its user alone", () => {
    const { path } = storeAt();
    expect(queryFile(path, "PRAGMA journal_mode")).toEqual([{ journal_mode: "wal" }]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("is begun anew when it is no database, and the damage is told with where the old one is", () => {
    const folder = testFolder();
    const path = join(folder, "events.db");
    writeFileSync(path, "this is no database at all, but long enough to be one".repeat(100));
    const renewed: string[] = [];
    const { store, losses } = openStore(path, { onRenewed: (reason, putAside) => renewed.push(reason, putAside) });
    store.write([event(1)]);
    expect(renewed[0]).toBe("store_damaged");
    expect(existsSync(renewed[1] as string)).toBe(true);
    expect(losses.take()).toEqual([{ stage: "store", name: "events", reason: "store_damaged", lost: 1 }]);
  });

  test("is begun anew when damage shows while it is in use, and the batch is not lost", () => {
    const { store, losses, path } = storeAt();
    store.write([event(1), event(2)]);
    const other = new DatabaseSync(path, { defensive: false });
    other.exec(
      "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE nonsense' WHERE name = 'processes'",
    );
    other.exec("PRAGMA schema_version = 1000");
    other.close();
    store.write([event(3)]);
    expect(queryFile(path, "SELECT pid FROM process_events")).toEqual([{ pid: 3 }]);
    expect(losses.take()).toEqual([{ stage: "store", name: "events", reason: "store_damaged", lost: 2 }]);
    expect(store.renewals).toBe(1);
  });

  test("is begun anew when someone takes it away or puts another in its place", () => {
    const { store, losses, path } = storeAt();
    store.write([event(1)]);
    renameSync(path, `${path}.stolen`);
    store.write([event(2)]);
    expect(queryFile(path, "SELECT pid FROM process_events")).toEqual([{ pid: 2 }]);
    expect(losses.take()).toMatchObject([{ reason: "store_replaced", lost: 1 }]);
  });

  test("is never a link or a folder that somebody left there", () => {
    const folder = testFolder();
    const target = join(folder, "target");
    writeFileSync(target, "precious");
    symlinkSync(target, join(folder, "link.db"));
    mkdirSync(join(folder, "folder.db"));
    for (const name of ["link.db", "folder.db"]) {
      const { store } = openStore(join(folder, name));
      store.write([event(1)]);
      expect(statSync(join(folder, name)).isFile()).toBe(true);
    }
    expect(statSync(target).size).toBe("precious".length);
  });

  test("leaves one damaged file behind, not one for each damage", () => {
    const folder = testFolder();
    const path = join(folder, "events.db");
    for (let time = 1; time <= 3; time++) {
      writeFileSync(path, "damaged".repeat(1_000));
      openStore(path, { now: () => NOW_MS + time }).store.close();
    }
    const aside = readdirSync(folder).filter((name) => /aside-\d+$/.test(name));
    expect(aside).toEqual([`events.db.aside-${NOW_MS + 3}`]);
  });

  test("of a newer program is refused, not put aside", () => {
    const { store, path } = storeAt();
    store.close();
    const other = new DatabaseSync(path);
    other.exec("PRAGMA user_version = 99");
    other.close();
    expect(() => openStore(path)).toThrow(expect.objectContaining({ code: "store_newer" }));
  });

  test("gets columns that were added since, and a table of state that changed otherwise is filled again", () => {
    const { store, path } = storeAt();
    store.write([event(1), put(processRow(1))]);
    store.close();
    const [events, processes, losses] = smallTables;
    const added = { name: "auid", type: "integer", description: "" } as const;
    const tables = [
      { ...events, columns: [...(events?.columns ?? []), added] },
      {
        ...processes,
        columns: processes?.columns.map((it) => (it.name === "cmdline" ? { ...it, type: "integer" } : it)),
      },
      losses,
    ] as typeof smallTables;
    openStore(path, { tables });
    expect(queryFile(path, "SELECT pid, auid FROM process_events")).toEqual([{ pid: 1, auid: 0 }]);
    expect(queryFile(path, "SELECT count(*) AS rows FROM processes")).toEqual([{ rows: 0 }]);
  });
});

test("every table that rules may read can be written and read", () => {
  const path = join(testFolder(), "events.db");
  const { store } = openStore(path, { tables: ruleTables });
  for (const { name, columns } of ruleTables) {
    const row = Object.fromEntries(columns.map((column) => [column.name, column.type === "text" ? "x" : 7]));
    expect(store.write([{ table: name, row }])).toEqual({ rows: 1, refused: 0 });
    const [stored] = queryFile(path, `SELECT * FROM "${name}"`);
    expect(Object.keys(stored ?? {})).toEqual(columns.map((column) => column.name));
    expect(stored?.["seq"]).toBe(store.head);
  }
});

describe("pruning", () => {
  test("takes events that are older than is asked, and says how many", () => {
    const { store, path } = storeAt();
    store.write([event(1, 100), event(2, 200), event(3, 300)]);
    expect(store.prune(250)).toMatchObject({ byAge: 2, bySize: 0, isMoreDue: false });
    expect(queryFile(path, "SELECT pid FROM process_events")).toEqual([{ pid: 3 }]);
    expect(store.readings().prunedByAge).toBe(2);
  });

  test("takes the oldest while there are too many bytes, and counts them as lost", () => {
    const path = join(testFolder(), "events.db");
    const { store, losses } = openStore(path, { maxBytes: 400_000 });
    for (let batch = 0; batch < 15; batch++) {
      store.write(Array.from({ length: 1_000 }, (_, index) => event(batch * 1_000 + index)));
    }
    let steps = 0;
    while (store.prune(undefined).isMoreDue && steps < 20) steps++;
    expect(store.readings().bytesInUse).toBeLessThanOrEqual(400_000);
    const [oldest] = queryFile(path, "SELECT min(pid) AS pid, count(*) AS rows FROM process_events");
    expect(Number(oldest?.["pid"]) + Number(oldest?.["rows"])).toBe(15_000);
    expect(losses.take()).toEqual([{ stage: "store", name: "events", reason: "size_limit", lost: oldest?.["pid"] }]);
  });

  test("is what makes room when the file has reached its bound: until then SQLite says that it is full", () => {
    const { store } = openStore(join(testFolder(), "events.db"), { maxBytes: 400_000 });
    const fill = () => {
      for (let batch = 0; batch < 100; batch++) store.write(Array.from({ length: 1_000 }, (_, pid) => event(pid)));
    };
    expect(fill).toThrow(expect.objectContaining({ code: "store_full" }));
    store.prune(undefined);
    expect(store.write([event(1)]).rows).toBe(1);
  });
});

test("a store that was closed stays closed: nothing is written, read or begun anew any more", () => {
  const { store, path } = storeAt();
  store.write([event(1)]);
  store.close();
  renameSync(path, `${path}.next`);
  const closed: unknown = expect.objectContaining({ code: "store_failed", message: "The event store is closed." });
  for (const use of [
    () => store.write([event(2)]),
    () => store.read("process_events", ["pid"]),
    () => store.readings(),
    () => store.shrink(),
    () => store.renew("store_damaged"),
  ]) {
    expect(use).toThrow(closed);
  }
  store.close();
  expect(existsSync(path)).toBe(false);
});

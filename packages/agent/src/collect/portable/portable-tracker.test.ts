import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, onTestFinished, test } from "vitest";
import { LossTally, type Row, type RowChange } from "../../events/index.ts";
import { FileHashes } from "../file-hashes.ts";
import { Accounts } from "../hosts/passwd.ts";
import { readBoot } from "../proc/boot.ts";
import { openProcFiles } from "../proc/direct-proc-files.ts";
import { columnsOf } from "../processes/tracker.fixture.ts";
import { ProcessTracker } from "../processes/tracker.ts";
import { type Entry, type ListedProcess, listedOf } from "./list-processes.ts";
import { PortableTracker } from "./portable-tracker.ts";

const listed = (pid: number, more: Partial<ListedProcess> = {}): ListedProcess => ({
  pid,
  parent: 1,
  name: "sh",
  path: "/bin/sh",
  cmdline: "/bin/sh --token abc",
  username: "root",
  startMs: 1_000_000,
  state: "S",
  nice: 0,
  residentBytes: 4_096,
  totalBytes: 8_192,
  ...more,
});

function trackerOf(lists: (readonly ListedProcess[])[]) {
  const changes: RowChange[] = [];
  const clock = { now: 2_000_000 };
  const tracker = new PortableTracker({
    hashes: new FileHashes(),
    accounts: new Accounts("/"),
    losses: new LossTally(),
    masks: true,
    now: () => clock.now,
    list: () => Promise.resolve(lists.shift() ?? []),
    put: (more) => {
      changes.push(...more);
      return Promise.resolve();
    },
  });
  const tick = async () => {
    changes.length = 0;
    clock.now += 5_000;
    await tracker.tick();
    return rowsOf(changes, "process_events").map(({ type, pid }) => `${type} ${pid}`);
  };
  return { tracker, changes, tick };
}

const rowsOf = (changes: readonly RowChange[], table: string): Row[] =>
  changes.flatMap((change) => (change.table === table && "row" in change ? [change.row] : []));

describe("lists of processes", () => {
  test("tell who came and who went, in all columns of both tables", async () => {
    const { tracker, changes, tick } = trackerOf([
      [listed(1, { parent: 0, name: "init" }), listed(7)],
      [listed(1, { parent: 0, name: "init" })],
    ]);
    expect(await tick()).toEqual(["found 1", "found 7"]);
    expect(rowsOf(changes, "process_events")[1]).toMatchObject({
      cmdline: "/bin/sh --token ***",
      parent_name: "init",
      uid: 0,
    });
    expect(Object.keys(rowsOf(changes, "process_events")[0] ?? {}).sort()).toEqual(columnsOf("process_events").sort());
    const snapshot = tracker.snapshot();
    const [row] = "snapshot" in snapshot ? snapshot.snapshot : [];
    expect(Object.keys(row ?? {}).sort()).toEqual(columnsOf("processes").sort());
    expect(tracker.readings().processes).toBe(2);
    expect(await tick()).toEqual(["exit 7"]);
    expect(rowsOf(changes, "process_events")[0]).toMatchObject({ duration_ms: 1_010_000 });
  });

  test("show one process although its start is only known by its age, and another one in its place", async () => {
    const { tick } = trackerOf([
      [listed(7)],
      [listed(7, { startMs: 1_001_000 })],
      [listed(7, { startMs: 1_900_000 })],
      [listed(7, { startMs: 1_900_000, cmdline: "other" })],
    ]);
    expect(await tick()).toEqual(["found 7"]);
    expect(await tick()).toEqual([]);
    expect(await tick()).toEqual(["exit 7", "found 7"]);
    expect(await tick()).toEqual(["exit 7", "found 7"]);
  });
});

test("an entry is read as its system means it", () => {
  const unix: Entry = {
    pid: 1,
    parentPid: 0,
    name: "ls",
    path: "/bin",
    command: "ls",
    params: "-l /",
    started: "2026-01-31 12:00:00",
  };
  expect(listedOf(unix, "darwin")).toMatchObject({ path: "/bin/ls", cmdline: "/bin/ls -l /" });
  expect(listedOf(unix, "darwin").startMs).toBe(new Date(2026, 0, 31, 12).getTime());
  const windows: Entry = {
    pid: 4,
    parentPid: 0,
    name: "a.exe",
    path: "C:\\a.exe",
    command: '"C:\\a.exe" /x',
    params: "",
  };
  expect(listedOf(windows, "win32")).toMatchObject({ path: "C:\\a.exe", cmdline: '"C:\\a.exe" /x', startMs: 0 });
  expect(listedOf({ pid: 2, parentPid: 0, name: "kthreadd" }, "linux")).toMatchObject({
    path: "",
    cmdline: "",
    state: "?",
  });
});

test.skipIf(process.platform !== "linux")(
  "both ways of looking find the same processes on this host, by the same names (needs Linux)",
  async () => {
    const child = spawn("/bin/sleep", ["60"], { stdio: "ignore" });
    onTestFinished(() => void child.kill());
    await once(child, "spawn");
    // Of every program of this host: not what this is about.
    const hashes = new FileHashes({ maxBytes: 0 });
    const common = { hashes, accounts: new Accounts("/"), losses: new LossTally(), masks: true };
    const changes: RowChange[] = [];
    const put = (more: readonly RowChange[]) => {
      changes.push(...more);
      return Promise.resolve();
    };
    const portable = new PortableTracker({ ...common, put, now: Date.now });
    const native = new ProcessTracker({
      ...common,
      put: () => Promise.resolve(),
      files: openProcFiles("/proc"),
      boot: readBoot("/proc", Date.now(), undefined),
      source: () => "polling",
      known: [],
    });
    onTestFinished(() => native.close());
    native.tick();
    await native.settle(20_000);
    await portable.tick();
    const [a, b] = [native.snapshot(), portable.snapshot()].map((change) =>
      "snapshot" in change ? change.snapshot : [],
    );
    const named = new Map(b?.map((row) => [row["pid"], row]));
    const stable = [1, process.pid, child.pid];
    for (const pid of stable) {
      const mine = a?.find((row) => row["pid"] === pid);
      expect(mine).toBeDefined();
      expect(named.get(Number(pid))).toMatchObject({ parent: mine?.["parent"], uid: mine?.["uid"] });
    }
    const sleeping = a?.find((row) => row["pid"] === child.pid);
    expect(named.get(Number(child.pid))).toMatchObject({
      name: "sleep",
      path: "/bin/sleep",
      cmdline: sleeping?.["cmdline"],
      username: sleeping?.["username"],
    });
  },
  60_000,
);

import { join } from "node:path";
import { ruleTables } from "@holdfast/rules";
import { beforeEach, describe, expect, it } from "vitest";
import type { EventStore } from "./event-store.ts";
import { openStore, testFolder } from "./events.fixture.ts";
import type { ProcessSought } from "./process-at.ts";

const bash = { pid: 7, start_time: 100, name: "bash", path: "/bin/bash", username: "jane", parent: 1, sha256: "" };
const exec = (row: object) => ({ table: "process_events", row: { time: 1, type: "exec", ...row } });

let store: EventStore;
beforeEach(() => {
  ({ store } = openStore(join(testFolder(), "events.db"), { tables: ruleTables }));
});

const sought = (more: Partial<ProcessSought> = {}): ProcessSought => ({
  pid: 7,
  like: {},
  after: 0,
  upTo: store.head,
  ...more,
});

describe("the process that a row means", () => {
  it("is the row itself, by its number", () => {
    store.write([exec(bash), exec({ ...bash, name: "curl", path: "/usr/bin/curl" })]);
    expect(store.processAt(sought({ seq: store.head - 1 }))).toMatchObject({ name: "bash" });
    const { pid: _, ...unnamed } = sought({ seq: store.head });
    expect(store.processAt(unnamed)).toMatchObject({ name: "curl", pid: 7 });
  });

  it("is not another one whose row has the number that a rule's own column of that name says", () => {
    store.write([exec({ ...bash, pid: 9 }), exec(bash)]);
    expect(store.processAt(sought({ seq: store.head - 1 }))).toMatchObject({ pid: 7 });
  });

  it("is the one that the rule looked at, though it runs no more and its pid was given again since", () => {
    store.write([exec(bash)]);
    const upTo = store.head;
    store.write([exec({ ...bash, start_time: 200, name: "later" })]);
    expect(store.processAt(sought({ upTo }))).toMatchObject({ name: "bash" });
  });

  it("is the one that is like the row, of several that had the pid among what the rule looked at", () => {
    store.write([exec(bash), exec({ ...bash, name: "curl", path: "/usr/bin/curl" })]);
    expect(store.processAt(sought({ like: { name: "bash" } }))).toMatchObject({ path: "/bin/bash" });
    // A path that is a file's and no process's does not hide who it was.
    expect(store.processAt(sought({ like: { path: "/etc/shadow" } }))).toMatchObject({ name: "curl" });
  });

  it("is not another one that began at another time and has the pid now", () => {
    store.write([{ table: "processes", row: bash }]);
    const like = { name: "evil", start_time: 90 };
    expect(store.processAt(sought({ like }))).toBeUndefined();
    expect(store.processAt(sought({ like: { ...like, start_time: 100 } }))).toMatchObject({ name: "bash" });
    // A rule may write times out.
    expect(store.processAt(sought({ like: { start_time: "1970-01-01 00:01:40" } }))).toMatchObject({ name: "bash" });
  });

  it("is what runs, when nothing was seen of it just now", () => {
    store.write([{ table: "processes", row: { ...bash, cmdline: "bash -i" } }]);
    const after = store.head;
    expect(store.processAt(sought({ after }))).toMatchObject({ name: "bash", cmdline: "bash -i" });
  });

  it("is one that ended before, when nothing else is known of it", () => {
    store.write([exec(bash)]);
    expect(store.processAt(sought({ after: store.head }))).toMatchObject({ name: "bash" });
    expect(store.processAt(sought({ pid: 8 }))).toBeUndefined();
  });

  it("has the hash that was made after its event", () => {
    const sha256 = "a".repeat(64);
    store.write([exec(bash), { table: "processes", row: { ...bash, sha256 } }]);
    expect(store.processAt(sought())).toMatchObject({ sha256 });
    store.write([exec({ ...bash, path: "/tmp/other" })]);
    expect(store.processAt(sought({ seq: store.head }))).toMatchObject({ sha256: "" });
  });
});

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ruleTables } from "@holdfast/rules";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { EventStore, LossTally, type Row, type RowChange } from "../../events/index.ts";
import { FileHashes } from "../file-hashes.ts";
import { FileCollector, type FileCollectorOptions } from "./file-collector.ts";
import { agentWatches, defaultWatches, type FileWatch } from "./watches.ts";

const etc: readonly FileWatch[] = [{ category: "etc", paths: ["/etc/passwd", "/etc/sudoers.d/*", "/srv"] }];

/** A host of files in a folder, looked at by a collector whose store outlives it. */
class WatchedHost {
  readonly root = mkdtempSync(join(tmpdir(), "holdfast-files-"));
  readonly losses = new LossTally();
  readonly #store: EventStore;
  #collector: FileCollector;
  #monotonicMs = 0;
  changes: readonly RowChange[] = [];

  constructor(watches: readonly FileWatch[] = etc) {
    for (const folder of ["etc/sudoers.d", "srv/deep/er"]) mkdirSync(join(this.root, folder), { recursive: true });
    writeFileSync(join(this.root, "etc/passwd"), "root\n");
    const path = join(this.root, "events.db");
    const sizes = { memoryBudgetBytes: 100_000_000, maxBytes: 50_000_000 };
    this.#store = new EventStore({ path, tables: ruleTables, losses: this.losses, ...sizes });
    this.#collector = this.#open(watches);
    onTestFinished(() => {
      this.#collector.close();
      this.#store.close();
      rmSync(this.root, { recursive: true, force: true });
    });
  }

  path(name: string): string {
    return join(this.root, name);
  }

  /** One look at everything; returns what was told of, as `ACTION path`. */
  async look(): Promise<string[]> {
    this.#monotonicMs += 60_000;
    return this.#collect();
  }

  /** One look that hints alone have asked for. */
  async hintedLook(): Promise<string[]> {
    this.#monotonicMs += 2_000;
    await vi.waitUntil(() => this.#collector.isDue());
    return this.#collect();
  }

  /** The agent ends, and begins again. */
  restart(watches: readonly FileWatch[] = etc): void {
    this.#store.write(this.changes);
    this.#collector.close();
    this.#collector = this.#open(watches);
  }

  setWatches(watches: readonly FileWatch[]): void {
    this.#collector.setWatches(watches);
  }

  get events(): Row[] {
    return this.changes.flatMap((change) => ("row" in change ? [change.row] : []));
  }

  get files(): readonly Row[] {
    return this.changes.flatMap((change) => ("snapshot" in change ? change.snapshot : []));
  }

  #open(watches: readonly FileWatch[]): FileCollector {
    const { root, losses } = this;
    const options: FileCollectorOptions = { watches, store: this.#store, hashes: new FileHashes(), losses, root };
    return new FileCollector({ ...options, monotonicMs: () => this.#monotonicMs });
  }

  async #collect(): Promise<string[]> {
    this.changes = await this.#collector.collect(AbortSignal.timeout(20_000));
    return this.events.map((row) => `${row["action"]} ${row["target_path"]}`);
  }
}

describe("the first look of all", () => {
  test("tells what is there and of no change, in all columns", async () => {
    const host = new WatchedHost();
    expect(await host.look()).toEqual([]);
    expect(host.files.map((row) => row["path"])).toEqual(["/etc/passwd", "/srv", "/srv/deep", "/srv/deep/er"]);
    const [passwd] = host.files;
    expect(passwd).toMatchObject({
      directory: "/etc",
      filename: "passwd",
      type: "regular",
      mode: "0644",
      size: 5,
      hard_links: 1,
      sha256: createHash("sha256").update("root\n").digest("hex"),
      category: "etc",
    });
    const columns = ruleTables.find(({ name }) => name === "file")?.columns.map(({ name }) => name) ?? [];
    const added = ["first_seen", "last_seen", "seq"];
    expect(Object.keys(passwd ?? {}).sort()).toEqual(columns.filter((name) => !added.includes(name)).sort());
  });
});

describe("what happens to a file is told as", () => {
  async function host(): Promise<WatchedHost> {
    const watched = new WatchedHost();
    writeFileSync(watched.path("etc/sudoers.d/a"), "one");
    await watched.look();
    return watched;
  }

  test("CREATED and DELETED, with the hash that it had", async () => {
    const watched = await host();
    writeFileSync(watched.path("etc/sudoers.d/b"), "two");
    unlinkSync(watched.path("etc/sudoers.d/a"));
    expect(await watched.look()).toEqual(["DELETED /etc/sudoers.d/a", "CREATED /etc/sudoers.d/b"]);
    expect(watched.events[0]).toMatchObject({ sha256: "", while_off: 0, category: "etc", hard_links: 0 });
    expect(watched.events[0]?.["old_sha256"]).toMatch(/^7692c3ad/);
    const columns = ruleTables.find(({ name }) => name === "file_events")?.columns.map(({ name }) => name) ?? [];
    expect(Object.keys(watched.events[1] ?? {}).sort()).toEqual(columns.filter((name) => name !== "seq").sort());
  });

  test("UPDATED when its content is another one, even with its times put back", async () => {
    const watched = await host();
    const { atime, mtime } = statSync(watched.path("etc/sudoers.d/a"));
    writeFileSync(watched.path("etc/sudoers.d/a"), "two");
    utimesSync(watched.path("etc/sudoers.d/a"), atime, mtime);
    expect(await watched.look()).toEqual(["UPDATED /etc/sudoers.d/a"]);
    expect(await watched.look()).toEqual([]);
  });

  test("ATTRIBUTES_MODIFIED when its mode, its times or its names are other ones", async () => {
    const watched = await host();
    chmodSync(watched.path("etc/sudoers.d/a"), 0o4755);
    expect(await watched.look()).toEqual(["ATTRIBUTES_MODIFIED /etc/sudoers.d/a"]);
    expect(watched.events[0]).toMatchObject({ mode: "4755" });
    linkSync(watched.path("etc/sudoers.d/a"), watched.path("etc/hidden"));
    expect(await watched.look()).toEqual(["ATTRIBUTES_MODIFIED /etc/sudoers.d/a"]);
    expect(watched.events[0]).toMatchObject({ hard_links: 2 });
    utimesSync(watched.path("etc/sudoers.d/a"), 1, 1);
    expect(await watched.look()).toEqual(["ATTRIBUTES_MODIFIED /etc/sudoers.d/a"]);
  });

  test("MOVED_TO when another file took its place", async () => {
    const watched = await host();
    writeFileSync(watched.path("etc/new"), "root\nevil\n");
    renameSync(watched.path("etc/new"), watched.path("etc/passwd"));
    expect(await watched.look()).toEqual(["MOVED_TO /etc/passwd"]);
    unlinkSync(watched.path("etc/passwd"));
    symlinkSync("/tmp/passwd", watched.path("etc/passwd"));
    expect(await watched.look()).toEqual(["MOVED_TO /etc/passwd"]);
    expect(watched.files.find((row) => row["path"] === "/etc/passwd")).toMatchObject({
      type: "symlink",
      symlink: "/tmp/passwd",
      sha256: "",
    });
    unlinkSync(watched.path("etc/passwd"));
    symlinkSync("/tmp/other", watched.path("etc/passwd"));
    expect(["MOVED_TO /etc/passwd", "UPDATED /etc/passwd"]).toContain((await watched.look())[0]);
  });

  test("a change of each name, when two watched names are one file", async () => {
    const watched = await host();
    linkSync(watched.path("etc/sudoers.d/a"), watched.path("etc/sudoers.d/b"));
    await watched.look();
    appendFileSync(watched.path("etc/sudoers.d/b"), "more");
    expect(await watched.look()).toEqual(["UPDATED /etc/sudoers.d/a", "UPDATED /etc/sudoers.d/b"]);
  });

  test("a change when it was made by a name that nobody watches", async () => {
    const watched = await host();
    linkSync(watched.path("etc/sudoers.d/a"), watched.path("elsewhere"));
    await watched.look();
    appendFileSync(watched.path("elsewhere"), "more");
    expect(await watched.look()).toEqual(["UPDATED /etc/sudoers.d/a"]);
  });

  test("nothing when only the folder around it changed", async () => {
    const watched = await host();
    writeFileSync(watched.path("srv/x"), "1");
    expect(await watched.look()).toEqual(["CREATED /srv/x"]);
  });
});

test("a hint leads to a look at its folder at once, and the others wait for their time", async () => {
  const host = new WatchedHost();
  await host.look();
  writeFileSync(host.path("etc/sudoers.d/a"), "one");
  expect(await host.hintedLook()).toEqual(["CREATED /etc/sudoers.d/a"]);
});

describe("while the agent was off", () => {
  test("changes are noticed when it begins again, and told as such", async () => {
    const host = new WatchedHost();
    writeFileSync(host.path("etc/sudoers.d/a"), "one");
    writeFileSync(host.path("etc/sudoers.d/b"), "one");
    await host.look();
    host.restart();
    appendFileSync(host.path("etc/passwd"), "evil\n");
    unlinkSync(host.path("etc/sudoers.d/a"));
    writeFileSync(host.path("etc/sudoers.d/c"), "three");
    expect((await host.look()).sort()).toEqual([
      "CREATED /etc/sudoers.d/c",
      "DELETED /etc/sudoers.d/a",
      "UPDATED /etc/passwd",
    ]);
    expect(host.events.map((row) => row["while_off"])).toEqual([1, 1, 1]);
    host.restart();
    expect(await host.look()).toEqual([]);
  });

  test("the configuration may name other files: they were not created, and those left out were not deleted", async () => {
    const host = new WatchedHost();
    writeFileSync(host.path("etc/sudoers.d/a"), "one");
    writeFileSync(host.path("etc/hosts"), "one");
    await host.look();
    host.restart([{ category: "etc", paths: ["/etc/passwd", "/etc/hosts"] }]);
    expect(await host.look()).toEqual([]);
    expect(host.files.map((row) => row["path"])).toEqual(["/etc/passwd", "/etc/hosts"]);
    host.setWatches(etc);
    expect(await host.look()).toEqual([]);
    expect(host.files.map((row) => row["path"])).toContain("/etc/sudoers.d/a");
  });
});

describe("what is no plain file", () => {
  test("is never opened: a pipe in the place of a file holds nothing up", async () => {
    const host = new WatchedHost();
    execFileSync("mkfifo", [host.path("etc/sudoers.d/pipe")]);
    expect(await host.look()).toEqual([]);
    expect(host.files.find((row) => row["path"] === "/etc/sudoers.d/pipe")).toMatchObject({
      type: "other",
      sha256: "",
    });
  });

  test("may be links in a circle, and links to folders that are not followed", async () => {
    const host = new WatchedHost();
    symlinkSync("a", host.path("srv/b"));
    symlinkSync("b", host.path("srv/a"));
    symlinkSync("..", host.path("srv/deep/up"));
    await host.look();
    const paths = host.files.map((row) => row["path"]);
    expect(paths).toEqual(["/etc/passwd", "/srv", "/srv/a", "/srv/b", "/srv/deep", "/srv/deep/er", "/srv/deep/up"]);
  });
});

test("a file that changes all the while is watched for being replaced alone", async () => {
  const host = new WatchedHost([{ category: "agent", paths: ["/srv/store.db"], watchesContent: false }]);
  writeFileSync(host.path("srv/store.db"), "1");
  await host.look();
  appendFileSync(host.path("srv/store.db"), "2");
  expect(await host.look()).toEqual([]);
  expect(host.files).toMatchObject([{ size: -1, sha256: "" }]);
  writeFileSync(host.path("srv/other"), "1");
  renameSync(host.path("srv/other"), host.path("srv/store.db"));
  expect(await host.look()).toEqual(["MOVED_TO /srv/store.db"]);
  host.restart([{ category: "agent", paths: ["/srv/store.db"], watchesContent: false }]);
  expect(await host.look()).toEqual([]);
});

test("what is left out is not watched", async () => {
  const host = new WatchedHost([{ category: "srv", paths: ["/srv/**"], excludes: ["/srv/deep/**"] }]);
  writeFileSync(host.path("srv/deep/x"), "1");
  writeFileSync(host.path("srv/y"), "1");
  await host.look();
  expect(host.files.map((row) => row["path"])).toEqual(["/srv/y"]);
});

test("the agent watches itself, and the files that matter on every host", () => {
  const own = agentWatches({ programs: ["/usr/bin/node"], configuration: ["/etc/a"], rules: ["/r"], stores: ["/s"] });
  expect(own.map(({ category }) => category)).toEqual(["agent", "agent", "agent_rules"]);
  expect(own[0]).toMatchObject({ paths: ["/s"], watchesContent: false });
  const paths = defaultWatches.flatMap((watch) => watch.paths);
  for (const path of ["/etc/shadow", "/etc/ld.so.preload", "/root/.ssh/*", "/etc/cron.d/*"])
    expect(paths).toContain(path);
});

import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ruleTables } from "@holdfast/rules";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { BatchWriter, EventStore, LossTally, StoreUpkeep } from "../events/index.ts";
import { type Collecting, type CollectOptions, type ProcessEvent, startCollecting } from "./index.ts";
import { FakeProc } from "./proc/proc.fixture.ts";

const HOUR_SECONDS = 3_600;
const wanted = { enabled: true };
const collectors = {
  processes: wanted,
  listeningPorts: { enabled: false },
  processOpenSockets: { enabled: false },
  users: wanted,
  kernelModules: wanted,
  file: wanted,
  mounts: wanted,
  crontab: wanted,
  systemdTimers: wanted,
  authorizedKeys: wanted,
};

/** A host of files, with an event store beside it. */
class CollectedHost {
  readonly proc = new FakeProc();
  readonly losses = new LossTally();
  readonly log = {
    debug: vi.fn<() => void>(),
    info: vi.fn<() => void>(),
    warn: vi.fn<() => void>(),
    error: vi.fn<() => void>(),
  };
  readonly metrics = {
    enumerated: vi.fn<(seconds: number, processes: number) => void>(),
    collectionFailed: vi.fn<(name: string) => void>(),
  };
  store!: EventStore;
  writer!: BatchWriter;

  constructor() {
    this.proc.put({ pid: 7, args: ["sleep", "60"], name: "sleep" });
    mkdirSync(join(this.proc.root, "self"), { recursive: true });
    writeFileSync(join(this.proc.root, "modules"), "loop 100 0 - Live 0x0\n");
    writeFileSync(join(this.proc.root, "self/mountinfo"), "1 1 0:1 / / rw - ext4 /dev/root rw\n");
    mkdirSync(join(this.proc.host, "etc/cron.d"));
    writeFileSync(join(this.proc.host, "etc/cron.d/job"), "1 2 3 4 5 root /bin/job\n");
  }

  async start(options: Partial<CollectOptions> = {}): Promise<Collecting> {
    const { losses, log, metrics, proc } = this;
    this.store = new EventStore({
      path: join(proc.host, "events.db"),
      tables: ruleTables,
      memoryBudgetBytes: 100_000_000,
      maxBytes: 50_000_000,
      losses,
    });
    this.writer = new BatchWriter({ store: this.store, losses, policy: { kind: "drop-oldest" } });
    const collecting = await startCollecting({
      store: this.store,
      writer: this.writer,
      upkeep: new StoreUpkeep({ store: this.store, maxAgeSeconds: HOUR_SECONDS }),
      losses,
      log,
      metrics,
      settings: { tickSeconds: HOUR_SECONDS, concurrency: 4, maskSecrets: true, collectors },
      watches: [{ category: "etc", paths: ["/etc/passwd"] }],
      root: proc.host,
      ...options,
    });
    onTestFinished(() => this.stop(collecting));
    await this.settled(collecting);
    return collecting;
  }

  /** Every collector has come to an end, and what it told stands. */
  async settled(collecting: Collecting): Promise<void> {
    await collecting.tick();
    const isOver = () => collecting.states().every(({ state }) => state !== "running" && state !== "waiting");
    await vi.waitUntil(isOver, { timeout: 10_000 });
    await this.writer.flush();
  }

  async stop(collecting: Collecting): Promise<void> {
    await collecting.stop();
    await this.writer.close();
    this.store.close();
  }

  count(table: string): number {
    return this.store.read(table, ["seq"]).length;
  }
}

test("everything that is looked at stands in its table after the first tick", async () => {
  const host = new CollectedHost();
  const collecting = await host.start();
  for (const table of ["processes", "process_events", "users", "kernel_modules", "file", "mounts", "crontab"]) {
    expect([table, host.count(table)]).not.toEqual([table, 0]);
  }
  expect(collecting.states().map(({ name, state }) => `${name} ${state}`)).toEqual([
    "processes ok",
    "users ok",
    "kernel_modules ok",
    "mounts ok",
    "crontab ok",
    "systemd_timers ok",
    "authorized_keys ok",
    "file ok",
  ]);
  expect(host.metrics.enumerated).toHaveBeenCalledWith(expect.any(Number), 1);
  expect(collecting.readings()).toEqual({ processes: 1, missedBySource: 0 });
  expect(host.losses.total).toBe(0);
});

test("a tick ends when its rows can be read, and says up to which number", async () => {
  const host = new CollectedHost();
  const heads: number[] = [];
  const collecting = await host.start({ onTick: (head) => void heads.push(head) });
  host.proc.put({ pid: 8, args: ["nc", "-l"], name: "nc" });
  await collecting.tick();
  const rows = host.store.read("process_events", ["pid", "seq"]);
  expect(rows.find(({ pid }) => pid === 8)?.["seq"]).toBeLessThanOrEqual(Number(heads.at(-1)));
});

describe("a source of events", () => {
  test("is started before the first look, its events become rows, and its losses are counted", async () => {
    const host = new CollectedHost();
    const emits: ((event: ProcessEvent) => void)[] = [];
    const source = {
      name: "connector" as const,
      start: (emit: (event: ProcessEvent) => void, lose: (count: number, reason: string) => void) => {
        emits.push(emit);
        lose(3, "kernel_overrun");
        return Promise.resolve();
      },
      stop: vi.fn<() => Promise<void>>(() => Promise.resolve()),
    };
    const collecting = await host.start({ source, sourceRows: () => [{ name: "connector", state: "active" }] });
    emits[0]?.({ type: "exec", source: "connector", pid: 99, timeMs: Date.now(), path: "/bin/x", cmdline: "x\0" });
    await collecting.tick();
    expect(host.store.read("process_events", ["pid", "source"])).toContainEqual({ pid: 99, source: "connector" });
    expect(host.store.read("agent_losses", ["stage", "name", "reason", "lost"])).toEqual([
      { stage: "source", name: "connector", reason: "kernel_overrun", lost: 3 },
    ]);
    expect(host.count("agent_sources")).toBe(1);
    await collecting.stop();
    expect(source.stop).toHaveBeenCalledOnce();
  });

  test("that stands for looking hears of what was found, so that what looks catch can be measured", async () => {
    const host = new CollectedHost();
    const done = () => Promise.resolve();
    const found = vi.fn<(event: ProcessEvent) => void>();
    const source = { name: "polling" as ProcessEvent["source"], start: done, stop: done, found };
    const collecting = await host.start({ source });
    found.mockClear();
    host.proc.put({ pid: 8, parent: 7, args: ["nc", "-l"], name: "nc" });
    await collecting.tick();
    expect(found.mock.calls).toMatchObject([
      [{ type: "found", source: "polling", pid: 8, parent: 7, cmdline: "nc -l" }],
    ]);
    source.name = "connector";
    host.proc.put({ pid: 9, parent: 7, args: ["nc", "-l"], name: "nc" });
    await collecting.tick();
    expect(found).toHaveBeenCalledOnce();
  });
});

describe("after a restart", () => {
  test("what was known is not told again, and files that changed meanwhile are", async () => {
    const host = new CollectedHost();
    await host.stop(await host.start());
    appendFileSync(join(host.proc.host, "etc/passwd"), "evil:x:0:0::/:/bin/sh\n");
    await host.start();
    expect(host.count("process_events")).toBe(1);
    expect(host.store.read("file_events", ["action", "while_off"])).toEqual([{ action: "UPDATED", while_off: 1 }]);
  });

  test("processes of a former boot are gone", async () => {
    const host = new CollectedHost();
    await host.stop(await host.start());
    writeFileSync(join(host.proc.root, "sys/kernel/random/boot_id"), "another\n");
    host.proc.remove(7);
    host.proc.put({ pid: 9 });
    await host.start();
    expect(host.store.read("processes", ["pid"])).toEqual([{ pid: 9 }]);
    expect(host.store.read("process_events", ["type", "pid"])).toEqual([
      { type: "found", pid: 7 },
      { type: "found", pid: 9 },
    ]);
  });
});

test("when the store was begun anew, everything that is there now is told again", async () => {
  const host = new CollectedHost();
  const collecting = await host.start();
  rmSync(join(host.proc.host, "events.db"));
  host.proc.put({ pid: 8, args: ["x"] });
  await collecting.tick();
  await collecting.tick();
  expect(host.store.read("processes", ["pid"]).map(({ pid }) => pid)).toEqual([7, 8]);
  expect(host.store.read("agent_losses", ["reason"])).toContainEqual({ reason: "store_replaced" });
});

test("a look at processes that fails is a state, a number and a loss, and the next tick tries again", async () => {
  const host = new CollectedHost();
  const collecting = await host.start();
  const { root } = host.proc;
  rmSync(root, { recursive: true });
  await collecting.tick();
  expect(collecting.states()[0]).toMatchObject({ name: "processes", state: "failed", failures: 1 });
  expect(host.metrics.collectionFailed).toHaveBeenCalledWith("processes");
  expect(host.store.read("agent_losses", ["name", "reason"])).toContainEqual({ name: "processes", reason: "failed" });
  mkdirSync(root);
  host.proc.put({ pid: 7 });
  await collecting.tick();
  expect(collecting.states()[0]).toMatchObject({ state: "ok", failures: 0 });
});

test("other files are watched from the next tick on", async () => {
  const host = new CollectedHost();
  const collecting = await host.start();
  collecting.watch([{ category: "cron", paths: ["/etc/cron.d/*"] }]);
  await host.settled(collecting);
  expect(host.store.read("file", ["path", "category"])).toEqual([{ path: "/etc/cron.d/job", category: "cron" }]);
  expect(host.count("file_events")).toBe(0);
});

test("what is not wanted is not looked at", async () => {
  const host = new CollectedHost();
  const none = Object.fromEntries(
    Object.keys(collectors).map((name) => [name, { enabled: false }]),
  ) as typeof collectors;
  const settings = { tickSeconds: HOUR_SECONDS, concurrency: 4, maskSecrets: true, collectors: none };
  const collecting = await host.start({ settings });
  expect(collecting.states()).toEqual([]);
  expect(host.count("processes")).toBe(0);
  collecting.shrink();
});

test("it stops when it is asked to by a signal", async () => {
  const host = new CollectedHost();
  const abort = new AbortController();
  const onTick = vi.fn<() => void>();
  const collecting = await host.start({ signal: abort.signal, onTick });
  abort.abort();
  const ticks = onTick.mock.calls.length;
  await collecting.tick();
  expect(onTick).toHaveBeenCalledTimes(ticks);
});

test("the portable way of looking can be forced", async () => {
  const host = new CollectedHost();
  const settings = {
    tickSeconds: HOUR_SECONDS,
    concurrency: 4,
    maskSecrets: true,
    collectors,
    processMethod: "portable",
  } as const;
  const collecting = await host.start({ settings });
  expect(collecting.readings().processes).toBeGreaterThan(1);
  expect(host.store.read("processes", ["pid"]).map(({ pid }) => pid)).toContain(process.pid);
});

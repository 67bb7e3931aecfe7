import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Boot } from "../proc/boot.ts";
import { FileHashes } from "../file-hashes.ts";
import { BOOT_MS, columnsOf, NOW_MS, TestTracker } from "./tracker.fixture.ts";

describe("a scan", () => {
  test("finds every process once, with all columns of both tables", async () => {
    const host = new TestTracker({}, (proc) => proc.put({ pid: 7, startTicks: 2_000, args: ["sh", "--token", "abc"] }));
    expect(await host.scan()).toEqual(["found 7"]);
    expect(host.events[0]).toMatchObject({
      time: NOW_MS / 1_000,
      path: "/bin/sh",
      cmdline: "sh --token ***",
      cwd: "/home/alice",
      uid: 1000,
      euid: 1000,
      gid: 100,
      egid: 101,
      auid: 1000,
      username: "alice",
      start_time: BOOT_MS / 1_000 + 20,
      source: "polling",
      is_complete: 1,
      exit_code: -1,
      duration_ms: -1,
    });
    expect(host.put[0]).toMatchObject({ state: "S", user_time: 70, system_time: 30, nice: -5, resident_size: 8_192 });
    expect(Object.keys(host.events[0] ?? {}).sort()).toEqual(columnsOf("process_events").sort());
    expect(Object.keys(host.put[0] ?? {}).sort()).toEqual(columnsOf("processes").sort());
    expect(await host.scan()).toEqual([]);
    expect(host.changes).toEqual([]);
  });

  test("names parents, whichever of both has the smaller pid", async () => {
    const host = new TestTracker({}, (proc) => {
      proc.put({ pid: 9, parent: 1, name: "sshd", args: ["sshd: alice"], exe: "/usr/sbin/sshd" });
      proc.put({ pid: 5, parent: 9 });
    });
    await host.scan();
    expect(host.events.find(({ pid }) => pid === 5)).toMatchObject({
      parent: 9,
      parent_name: "sshd",
      parent_path: "/usr/sbin/sshd",
      parent_cmdline: "sshd: alice",
    });
  });

  test("tells of an end, with how long the process lived, and takes its row away", async () => {
    const host = new TestTracker({}, (proc) => proc.put({ pid: 7, startTicks: 99_000 }));
    await host.scan();
    host.proc.remove(7);
    host.now += 5_000;
    expect(await host.scan()).toEqual(["exit 7"]);
    expect(host.events[0]).toMatchObject({ duration_ms: 15_000, exit_code: -1, source: "polling" });
    expect(host.gone).toEqual([7]);
    expect(await host.scan()).toEqual([]);
  });

  test("takes a pid that is used again for another process", async () => {
    const host = new TestTracker({}, (proc) => proc.put({ pid: 7, startTicks: 100 }));
    await host.scan();
    host.proc.put({ pid: 7, startTicks: 101, args: ["sh", "-c", "x"] });
    expect(await host.scan()).toEqual(["exit 7", "found 7"]);
    expect(host.gone).toEqual([7]);
    expect(host.put).toHaveLength(1);
  });

  test("sees by the stack that another program runs, and by the name alone that it only calls itself otherwise", async () => {
    const host = new TestTracker({}, (proc) => proc.put({ pid: 7 }));
    await host.scan();
    host.proc.put({ pid: 7, stackStart: 150_000, exe: "/usr/bin/nc", args: ["nc", "-l"], name: "nc" });
    expect(await host.scan()).toEqual(["found 7"]);
    expect(host.events[0]).toMatchObject({ path: "/usr/bin/nc", cmdline: "nc -l", name: "nc" });
    host.proc.put({ pid: 7, stackStart: 150_000, exe: "/usr/bin/nc", args: ["nc", "-l"], name: "kworker/0:0" });
    expect(await host.scan()).toEqual([]);
    expect(host.put).toMatchObject([{ pid: 7, name: "kworker/0:0", path: "/usr/bin/nc" }]);
  });

  test("sees another program where the kernel shows no stack", async () => {
    const host = new TestTracker({}, (proc) => proc.put({ pid: 7, stackStart: 0 }));
    await host.scan();
    host.proc.put({ pid: 7, stackStart: 0, exe: "/usr/bin/nc", name: "nc" });
    expect(await host.scan()).toEqual(["found 7"]);
  });

  test("does not tell of what kernel threads call themselves", async () => {
    const flags = 0x0020_0000;
    const host = new TestTracker({}, (proc) => proc.put({ pid: 7, flags, name: "kworker/0:1-events", exe: "" }));
    expect(await host.scan()).toEqual(["found 7"]);
    expect(host.put[0]).toMatchObject({ name: "kworker/0:1", uid: 0, path: "" });
    host.proc.put({ pid: 7, flags, name: "kworker/0:1+mm", exe: "" });
    await host.scan();
    expect(host.changes).toEqual([]);
  });

  test("sees within five scans that a program has got the pid of a kernel thread", async () => {
    const host = new TestTracker({}, (proc) => proc.put({ pid: 7, flags: 0x0020_0000, name: "kworker/0:1", exe: "" }));
    await host.scan();
    host.proc.put({ pid: 7, startTicks: 500 });
    const told: string[] = [];
    for (let scan = 0; scan < 5; scan++) told.push(...(await host.scan()));
    expect(told).toEqual(["exit 7", "found 7"]);
  });

  test("notices what changes without a sign when everything is read again", async () => {
    const host = new TestTracker({ rescanTicks: 1 }, (proc) => proc.put({ pid: 7 }));
    await host.scan();
    host.proc.put({ pid: 7, uid: 0 });
    expect(await host.scan()).toEqual([]);
    expect(host.put).toMatchObject([{ pid: 7, uid: 0, username: "root", disk_bytes_read: 4096 }]);
    expect(await host.scan()).toEqual([]);
    expect(host.put).toEqual([]);
  });

  test("puts a row again now and then, so that it shows when the process was last seen", async () => {
    const host = new TestTracker({ rescanTicks: 1 }, (proc) => proc.put({ pid: 7 }));
    for (let scan = 0; scan < 3; scan++) await host.scan();
    host.now += 300_000;
    await host.scan();
    expect(host.put).toHaveLength(1);
  });

  test("shows the new parent of a process that lost its own", async () => {
    const host = new TestTracker({}, (proc) => {
      proc.put({ pid: 5, name: "bash" });
      proc.put({ pid: 7, parent: 5 });
      proc.put({ pid: 1, parent: 0, name: "init" });
    });
    await host.scan();
    host.proc.remove(5);
    host.proc.put({ pid: 7, parent: 1 });
    await host.scan();
    expect(host.put).toMatchObject([{ pid: 7, parent: 1, parent_name: "init" }]);
  });

  test("tells of a process that ended before it could be read as incomplete, and of its end with the code", async () => {
    const host = new TestTracker({}, (proc) => proc.makeZombie({ pid: 7, name: "gone", exitStatus: 3 << 8 }));
    expect(await host.scan()).toEqual(["found 7", "exit 7"]);
    expect(host.events).toMatchObject([{ name: "gone", path: "" }, { exit_code: 3 }]);
    expect(await host.scan()).toEqual([]);
    host.proc.remove(7);
    expect(await host.scan()).toEqual([]);
  });

  test("tells once of a process that waits for its parent, with the signal that ended it", async () => {
    const host = new TestTracker({}, (proc) => proc.put({ pid: 7 }));
    await host.scan();
    host.proc.makeZombie({ pid: 7, exitStatus: 9 });
    expect(await host.scan()).toEqual(["exit 7"]);
    expect(host.events[0]).toMatchObject({ exit_code: 137, cmdline: "sh -c x" });
    expect(await host.scan()).toEqual([]);
  });

  test("keeps a process whose first thread has ended while others live on", async () => {
    const host = new TestTracker({}, (proc) => proc.put({ pid: 7, threads: 2 }));
    await host.scan();
    host.proc.makeZombie({ pid: 7, threads: 2 });
    expect(await host.scan()).toEqual([]);
    expect(host.gone).toEqual([]);
  });

  test("is bounded: more processes are counted, once each", async () => {
    const host = new TestTracker({ maxProcesses: 2 }, (proc) => {
      for (const pid of [5, 6, 7, 8]) proc.put({ pid });
    });
    expect(await host.scan()).toHaveLength(2);
    await host.scan();
    expect(host.losses.take()).toEqual([{ stage: "collector", name: "processes", reason: "too_many", lost: 2 }]);
  });
});

test("when the wall clock is set, starts have another time, and it is the same processes all the same", async () => {
  const boots = [BOOT_MS, BOOT_MS + 3_600_000].map((unixMs) => ({ id: "boot", unixMs }));
  const host = new TestTracker({ boot: boots[0] as Boot, bootNow: () => boots[1] as Boot }, (proc) =>
    proc.put({ pid: 7 }),
  );
  const told = [];
  for (let scan = 0; scan < 31; scan++) told.push(...(await host.scan()));
  expect(told).toEqual(["found 7"]);
  host.now += 3_600_000;
  const snapshot = host.tracker.snapshot();
  expect("snapshot" in snapshot && snapshot.snapshot).toMatchObject([{ pid: 7, start_time: BOOT_MS / 1_000 + 3_601 }]);
  host.proc.remove(7);
  expect(await host.scan()).toEqual(["exit 7"]);
  expect(host.gone).toEqual([7]);
});

describe("the file that a process executes", () => {
  const running = (host: TestTracker, file: string) => ({ pid: 7, exe: join(host.proc.host, file) });

  test("is hashed, and said to be there while it is what runs", async () => {
    const host = new TestTracker();
    writeFileSync(join(host.proc.host, "tool"), "abc");
    host.proc.put(running(host, "tool"));
    await host.scan();
    expect(host.events[0]).toMatchObject({
      on_disk: 1,
      sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    });
  });

  test("is said to be gone once it was deleted", async () => {
    const host = new TestTracker({ rescanTicks: 1 });
    writeFileSync(join(host.proc.host, "tool (deleted)"), "abc");
    writeFileSync(join(host.proc.host, "tool"), "abc");
    host.proc.put(running(host, "tool"));
    await host.scan();
    rmSync(join(host.proc.host, "tool"));
    host.proc.put(running(host, "tool (deleted)"));
    await host.scan();
    expect(host.put).toMatchObject([{ path: join(host.proc.host, "tool"), on_disk: 0 }]);
  });

  test("is hashed by its path when the process has ended since", async () => {
    const host = new TestTracker();
    const path = join(host.proc.host, "tool");
    writeFileSync(path, "abc");
    host.source = "connector";
    await host.event({ type: "exec", pid: 99, path, cmdline: "tool\0-x\0", uid: 1000 });
    expect(host.events).toMatchObject([
      { pid: 99, on_disk: -1, is_complete: 1, cmdline: "tool -x", username: "alice" },
    ]);
    expect(host.events[0]?.["sha256"]).toMatch(/^ba7816bf/);
    expect(host.put).toEqual([]);
  });

  test("is not waited for beyond a deadline, which is counted", async () => {
    const hashes = new FileHashes({ hash: () => new Promise(() => {}) });
    const host = new TestTracker({ identifyDeadlineMs: 1, hashes });
    writeFileSync(join(host.proc.host, "tool"), "abc");
    host.proc.put(running(host, "tool"));
    expect(await host.scan()).toEqual(["found 7"]);
    expect(host.events[0]).toMatchObject({ on_disk: -1, sha256: "" });
    expect(host.losses.take()).toMatchObject([{ reason: "identify_timeout", lost: 1 }]);
  });
});

describe("with a source of the kernel's", () => {
  async function hostWithSource(): Promise<TestTracker> {
    const host = new TestTracker({}, (proc) => proc.put({ pid: 5, name: "bash", args: ["bash"], exe: "/bin/bash" }));
    await host.scan();
    host.source = "connector";
    return host;
  }

  test("a program is told once, by the source, and the scan adds nothing", async () => {
    const host = await hostWithSource();
    await host.event({ type: "fork", pid: 7, parent: 5 });
    host.proc.put({ pid: 7, parent: 5, args: ["ls", "-l"], exe: "/bin/ls" });
    expect(await host.event({ type: "exec", pid: 7 })).toEqual(["exec 7"]);
    expect(host.events[0]).toMatchObject({ cmdline: "ls -l", parent: 5, parent_name: "bash", source: "connector" });
    for (let scan = 0; scan < 3; scan++) expect(await host.scan()).toEqual([]);
    expect(host.tracker.readings()).toEqual({ processes: 2, missedBySource: 0 });
  });

  test("what it says of a start goes before what is read later, when the process may have gone on", async () => {
    const host = await hostWithSource();
    host.proc.put({ pid: 7, parent: 5, args: ["second"], exe: "/bin/second" });
    await host.event({ type: "exec", pid: 7, path: "/bin/first", cmdline: "first\0--password=x\0" });
    expect(host.events[0]).toMatchObject({ path: "/bin/first", cmdline: "first --password=***" });
  });

  test("a process that it missed is found, one scan later, and counted", async () => {
    const host = await hostWithSource();
    host.proc.put({ pid: 7, parent: 5 });
    expect(await host.scan()).toEqual([]);
    expect(host.put).toHaveLength(1);
    expect(await host.scan()).toEqual(["found 7"]);
    expect(host.tracker.readings()).toMatchObject({ missedBySource: 1 });
  });

  test("a program that it missed and that has ended is found all the same", async () => {
    const host = await hostWithSource();
    host.proc.put({ pid: 7, parent: 5 });
    await host.scan();
    host.proc.remove(7);
    expect(await host.scan()).toEqual(["found 7", "exit 7"]);
  });

  test("a child that executes nothing is a process, and no program", async () => {
    const host = await hostWithSource();
    await host.event({ type: "fork", pid: 7, parent: 5 });
    host.proc.put({ pid: 7, parent: 5, args: ["bash"], exe: "/bin/bash" });
    expect(await host.scan()).toEqual([]);
    expect(host.put).toMatchObject([{ pid: 7, parent_name: "bash" }]);
    expect(await host.event({ type: "exit", pid: 7, exitCode: 0 })).toEqual(["exit 7"]);
  });

  test("forks are rows when they are asked for", async () => {
    const host = new TestTracker({ tellsForks: true }, (proc) => proc.put({ pid: 5, args: ["bash"] }));
    await host.scan();
    expect(await host.event({ type: "fork", pid: 7, parent: 5 })).toEqual(["fork 7"]);
    expect(host.events[0]).toMatchObject({ parent: 5, cmdline: "bash", uid: 1000, is_complete: 1 });
    expect(await host.event({ type: "exit", pid: 7, exitCode: 1 })).toEqual(["exit 7"]);
  });

  test("a process that is gone before it could be looked at is told as incomplete, with the parent that forked it", async () => {
    const host = await hostWithSource();
    await host.event({ type: "fork", pid: 6, parent: 5 });
    await host.event({ type: "fork", pid: 7, parent: 6 });
    expect(await host.event({ type: "exec", pid: 7, name: "brief" })).toEqual(["exec 7"]);
    expect(host.events[0]).toMatchObject({
      name: "brief",
      path: "",
      parent: 6,
      parent_path: "/bin/bash",
      uid: -1,
      is_complete: 0,
    });
    host.now += 40;
    expect(await host.event({ type: "exit", pid: 7, exitCode: 2 })).toEqual(["exit 7"]);
    expect(host.events[0]).toMatchObject({ exit_code: 2, duration_ms: 40 });
    expect(await host.scan()).toEqual([]);
  });

  test("a program of which a scan saw the end before its start was read has the parent that forked it", async () => {
    const host = await hostWithSource();
    await host.event({ type: "fork", pid: 70, parent: 5 });
    host.proc.makeZombie({ pid: 70, parent: 5 });
    await host.scan();
    host.proc.remove(70);
    expect(await host.event({ type: "exec", pid: 70, timeMs: NOW_MS })).toEqual(["exec 70"]);
    expect(host.events[0]).toMatchObject({ parent: 5, parent_name: "bash", is_complete: 0 });
  });

  test("an end that nobody tells of is noticed by the scan, for brief processes too", async () => {
    const host = await hostWithSource();
    await host.event({ type: "exec", pid: 7, name: "brief" });
    expect(await host.scan()).toEqual(["exit 7"]);
  });

  test("an event of a process whose pid another one has by now is not told of the other one", async () => {
    const host = await hostWithSource();
    host.proc.put({ pid: 7, startTicks: 5_000, args: ["other"], exe: "/bin/other" });
    await host.event({ type: "exec", pid: 7, timeNs: 40_000_000_000n });
    expect(host.events).toMatchObject([{ pid: 7, path: "", is_complete: 0 }]);
    await host.scan();
    expect(host.put).toMatchObject([{ pid: 7, path: "/bin/other" }]);
  });

  test("an exec of a new process with the pid of one whose end was missed ends that one first", async () => {
    const host = await hostWithSource();
    host.proc.put({ pid: 5, startTicks: 9_000, args: ["new"], exe: "/bin/new" });
    expect(await host.event({ type: "exec", pid: 5 })).toEqual(["exit 5", "exec 5"]);
    expect(host.events[0]).toMatchObject({ cmdline: "bash" });
  });

  test("an exit of the first thread alone ends nothing, and gives the code once the process is gone", async () => {
    const host = await hostWithSource();
    host.proc.put({ pid: 5, threads: 3, args: ["bash"], exe: "/bin/bash" });
    expect(await host.event({ type: "exit", pid: 5, exitCode: 4 })).toEqual([]);
    host.proc.remove(5);
    expect(await host.scan()).toEqual(["exit 5"]);
    expect(host.events[0]).toMatchObject({ exit_code: 4, source: "connector" });
  });

  test("an exit of a process of which nothing is known is nothing", async () => {
    const host = await hostWithSource();
    expect(await host.event({ type: "exit", pid: 4_000, exitCode: 0 })).toEqual([]);
  });
});

describe("after a restart of the agent", () => {
  test("processes of which it told before are not told again, but their programs since then are", async () => {
    const first = new TestTracker({}, (proc) => {
      proc.put({ pid: 5 });
      proc.put({ pid: 6 });
      proc.put({ pid: 7 });
    });
    await first.scan();
    const second = new TestTracker({ known: first.put }, (proc) => {
      proc.put({ pid: 5 });
      proc.put({ pid: 6, args: ["other"] });
    });
    expect((await second.scan()).sort()).toEqual(["exit 7", "found 6"]);
    expect(second.gone).toEqual([7]);
    expect(second.events.find(({ pid }) => pid === 7)).toMatchObject({ path: "/bin/sh", duration_ms: -1 });
  });

  test("all rows can be put again, when some were lost", async () => {
    const host = new TestTracker({}, (proc) => {
      proc.put({ pid: 5 });
      proc.put({ pid: 6 });
    });
    await host.scan();
    const snapshot = host.tracker.snapshot();
    expect(snapshot).toEqual({ table: "processes", snapshot: expect.arrayContaining(host.put) as unknown });
    expect("snapshot" in snapshot && snapshot.snapshot.length).toBe(2);
  });
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { onTestFinished, expect, test } from "vitest";
import { openProcFiles } from "./direct-proc-files.ts";
import { readFacts, readStorage } from "./facts.ts";
import { factsAt } from "../processes/event-facts.ts";
import { FakeProc } from "./proc.fixture.ts";
import { PlainProcFiles, type ProcFiles, readWhole } from "./proc-files.ts";

const isLinux = process.platform === "linux";

function everythingOf(files: ProcFiles, pid: number) {
  const folder = files.openFolder(pid);
  if (folder === undefined) return undefined;
  const storage = { bytesRead: 0, bytesWritten: 0 };
  const all = [readFacts(files, folder, "x", true), storage];
  readStorage(files, folder, storage);
  files.closeFolder(folder);
  return all;
}

test.skipIf(!isLinux)("the fast way reads of a process what the plain one reads (needs Linux)", async () => {
  const child = spawn("sleep", ["60"], { cwd: "/", stdio: "ignore" });
  onTestFinished(() => void child.kill());
  await once(child, "spawn");
  const pids = [child.pid ?? 0, 1, 2];
  for (const pid of pids) {
    expect(everythingOf(openProcFiles("/proc"), pid)).toEqual(everythingOf(new PlainProcFiles("/proc"), pid));
  }
  expect(everythingOf(openProcFiles("/proc"), child.pid ?? 0)?.[0]).toMatchObject({ cmdline: "sleep 60", cwd: "/" });
});

test("a process that is gone reads as nothing in either way", () => {
  const proc = new FakeProc();
  for (const files of [openProcFiles(proc.root), new PlainProcFiles(proc.root)]) {
    expect(everythingOf(files, 4_000_000)?.[0]).toBeUndefined();
    expect(files.readOpen(-1, Buffer.alloc(8))).toBe(-1);
  }
  expect(readWhole("/no/such/file")).toBe("");
});

test("both ways read the fixture alike", () => {
  const proc = new FakeProc();
  proc.put({ pid: 42, args: ["curl", "-u", "a:secret", "x"] });
  const plain = everythingOf(new PlainProcFiles(proc.root), 42);
  expect(everythingOf(openProcFiles(proc.root), 42)).toEqual(plain);
  expect(plain).toMatchObject([
    {
      path: "/bin/sh",
      cmdline: "curl -u a:*** x",
      cwd: "/home/alice",
      root: "/",
      uid: 1000,
      gid: 100,
      egid: 101,
      sgid: 102,
      auid: 1000,
      cgroupPath: "/user.slice",
    },
    { bytesRead: 4096, bytesWritten: 8192 },
  ]);
});

test("arguments that are more than is kept are marked, wherever they were cut: padding hides no tail unseen", () => {
  const proc = new FakeProc();
  const cut = ["sh", "-c", `:${" ".repeat(5_000)}; bash -i`];
  const cutBetweenTwo = ["sh", "x".repeat(4_096 - "sh".length - 2), "-i"];
  proc.put({ pid: 42, args: cut });
  proc.put({ pid: 43, args: cutBetweenTwo });
  proc.put({ pid: 44, args: ["sh", "x".repeat(4_096 - "sh".length - 3)] });
  for (const files of [openProcFiles(proc.root), new PlainProcFiles(proc.root)]) {
    for (const pid of [42, 43]) {
      expect(everythingOf(files, pid)?.[0]).toMatchObject({ cmdline: expect.stringMatching(/^sh .*…$/) as string });
    }
    expect(everythingOf(files, 44)?.[0]).toMatchObject({ cmdline: expect.stringMatching(/x$/) as string });
  }
  const event = { type: "exec", source: "audit", pid: 42, timeMs: 0, cmdline: cut.join("\0") } as const;
  expect(factsAt(event, undefined, true).cmdline).toMatch(/^sh -c : {4,}.*…$/);
});

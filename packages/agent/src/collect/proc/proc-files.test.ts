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

test("both ends of long arguments are kept, with a mark between: padding hides neither, and no half of a secret is shown", () => {
  const proc = new FakeProc();
  const padded = ["sh", "-c", `:${" ".repeat(5_000)}; bash -i`];
  proc.put({ pid: 42, args: padded });
  proc.put({ pid: 43, args: ["sh", "x".repeat(4_096 - "sh".length - 1)] });
  proc.put({ pid: 44, args: ["sh", "x".repeat(40_000), "-i"] });
  proc.put({ pid: 45, args: ["curl", "y".repeat(3_000), `--token=${"s3cret".repeat(600)}`, "z".repeat(100)] });
  for (const files of [openProcFiles(proc.root), new PlainProcFiles(proc.root)]) {
    const lineOf = (pid: number) => (everythingOf(files, pid)?.[0] as { cmdline: string } | undefined)?.cmdline ?? "";
    expect(lineOf(42)).toMatch(/^sh -c : {1000,}… {1000,}; bash -i$/);
    expect(lineOf(43)).toMatch(/^sh x{4093}$/);
    expect(lineOf(44)).toMatch(/^sh x+…x+…$/);
    expect(lineOf(44).length).toBeLessThan(4_100);
    expect(lineOf(45)).toMatch(/^curl y+ --token=\*\*\* z+$/);
  }
  const event = { type: "exec", source: "audit", pid: 42, timeMs: 0, cmdline: padded.join("\0") } as const;
  expect(factsAt(event, undefined, true).cmdline).toMatch(/^sh -c : {4,}… +; bash -i$/);
});

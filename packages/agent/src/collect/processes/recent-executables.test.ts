import { chmodSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openProcFiles } from "../proc/direct-proc-files.ts";
import { FakeProc } from "../proc/proc.fixture.ts";
import { PlainProcFiles } from "../proc/proc-files.ts";
import { RecentExecutables } from "./recent-executables.ts";

const tool = { onDisk: 1, sha256: "ab".repeat(32) };

/** Two processes that execute the same file. */
function twoProcesses() {
  const proc = new FakeProc();
  const path = join(proc.host, "tool");
  writeFileSync(path, "abc");
  for (const pid of [7, 8]) proc.put({ pid, exe: path });
  const recent = new RecentExecutables(openProcFiles(proc.root));
  const keyOf = (pid: number) => recent.keyOf(pid, path);
  return { proc, path, recent, keyOf };
}

test.skipIf(process.platform !== "linux")(
  "a file is known by its path and mark, whichever process executes it, for ten seconds (needs Linux)",
  () => {
    const { recent, keyOf } = twoProcesses();
    const key = keyOf(7)!;
    recent.keep(key, tool, 1_000);
    expect(recent.get(keyOf(8)!, 10_999)).toEqual(tool);
    expect(recent.get(key, 11_000)).toBeUndefined();
    expect(recent.get(key, -9_000)).toBeUndefined();
  },
);

test.skipIf(process.platform !== "linux").each([
  ["changed", (path: string) => writeFileSync(path, "abcd")],
  ["given other rights", (path: string) => chmodSync(path, 0o711)],
  [
    "replaced by another file with its content",
    (path: string) => {
      writeFileSync(`${path}.other`, "abc");
      renameSync(`${path}.other`, path);
    },
  ],
])("a file that was %s is another one (needs Linux)", (_, change) => {
  const { path, recent, keyOf } = twoProcesses();
  recent.keep(keyOf(7)!, tool, 0);
  change(path);
  expect(recent.get(keyOf(8)!, 0)).toBeUndefined();
});

test("what was not found at its path, or has no hash, is asked for each time", () => {
  const { recent } = twoProcesses();
  for (const executable of [
    { onDisk: 0, sha256: tool.sha256 },
    { onDisk: -1, sha256: tool.sha256 },
    { onDisk: 1, sha256: "" },
  ]) {
    recent.keep("key", executable, 0);
    expect(recent.get("key", 0)).toBeUndefined();
  }
});

test("so many files are kept, and the oldest goes", () => {
  const { recent } = twoProcesses();
  for (let file = 0; file <= 256; file++) recent.keep(`key ${file}`, tool, 0);
  expect([recent.get("key 0", 0), recent.get("key 1", 0)]).toEqual([undefined, tool]);
});

test("a process that is gone, and one of which the file has no mark, have no key", () => {
  const { proc, path, recent } = twoProcesses();
  expect(recent.keyOf(9, path)).toBeUndefined();
  expect(new RecentExecutables(new PlainProcFiles(proc.root)).keyOf(7, path)).toBeUndefined();
});

import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { BatchWriter } from "./batch-writer.ts";
import { event, openStore, queryFile, testFolder } from "./events.fixture.ts";

const MIB = 1024 * 1024;

/** A file system of its own, of a few megabytes; undefined where nobody may mount one. */
function smallDisk(): string | undefined {
  const folder = testFolder();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  onTestFinished(() => void execFileSync("umount", [folder]));
  return folder;
}

test("a disk that is full stops nothing: what finds no room is counted, and the rest is written once there is room", async (context) => {
  const disk = smallDisk();
  if (disk === undefined) return context.skip("needs the right to mount a file system");
  const path = join(disk, "events.db");
  const { store, losses } = openStore(path);
  const clock = { ms: 0 };
  const failures: string[] = [];
  const writer = new BatchWriter({
    store,
    losses,
    policy: { kind: "drop-oldest" },
    capacityRows: 100,
    batchRows: 50,
    monotonicMs: () => clock.ms,
    onFailure: ({ code }) => failures.push(code),
  });
  await writer.put([event(0)]);
  await writer.flush();
  fill(join(disk, "filler"));
  await writer.put(Array.from({ length: 300 }, (_, pid) => event(pid + 1)));
  await writer.flush();
  expect(failures[0]).toBe("store_full");
  expect(losses.total).toBe(200);
  rmSync(join(disk, "filler"));
  clock.ms += 60_000;
  await writer.flush();
  await writer.close();
  expect(queryFile(path, "SELECT count(*) AS rows, min(pid) AS first, max(pid) AS last FROM process_events")).toEqual([
    { rows: 101, first: 0, last: 300 },
  ]);
  expect(queryFile(path, "SELECT reason, lost FROM agent_losses")).toEqual([{ reason: "queue_full", lost: 200 }]);
});

/** Takes every byte that is left. */
function fill(path: string): void {
  for (let bytes = 4 * MIB; bytes >= 1; bytes = Math.floor(bytes / 2)) {
    try {
      writeFileSync(path, Buffer.alloc(bytes), { flag: "a" });
    } catch {
      // Half of it, then.
    }
  }
}

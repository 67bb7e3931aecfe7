import { linkSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LossTally, type RowChange } from "../../events/index.ts";
import { FileHashes } from "../file-hashes.ts";
import { Accounts } from "../hosts/passwd.ts";
import { readBoot } from "../proc/boot.ts";
import { openProcFiles } from "../proc/direct-proc-files.ts";
import { FakeProc } from "../proc/proc.fixture.ts";
import { RecordBook } from "./record-book.ts";
import { Teller } from "./teller.ts";
import { NOW_MS } from "./tracker.fixture.ts";

/** A process that is busy at each look, whose file's own marks say nothing: only asking finds out what is at its path. */
function busyProcess() {
  const proc = new FakeProc();
  const files = openProcFiles(proc.root);
  const path = join(proc.host, "tool");
  // Stands for the running image, whatever becomes of the name.
  writeFileSync(`${path} (deleted)`, "abc");
  linkSync(`${path} (deleted)`, path);
  proc.put({ pid: 7, exe: `${path} (deleted)` });
  const book = new RecordBook({ files, boot: readBoot(proc.root, NOW_MS, undefined), masks: true });
  const record = book.add(7, book.open(7)!);
  record.facts = { ...record.facts, path, isDeleted: false };
  record.seenIn = 1;
  const clock = { now: NOW_MS };
  const asked = { isThere: true };
  const changes: RowChange[] = [];
  const teller = new Teller({
    files,
    hashes: new FileHashes(),
    accounts: new Accounts(proc.host),
    losses: new LossTally(),
    put: async (put) => void changes.push(...put),
    now: () => clock.now,
    isThere: () => asked.isThere,
  });
  const look = async (isSameFile = true): Promise<unknown> => {
    clock.now += 60_000;
    record.counters.userTicks++;
    teller.review(record, isSameFile);
    await teller.settle(60_000);
    const last = changes.at(-1);
    return last !== undefined && "row" in last ? last.row["on_disk"] : undefined;
  };
  const replace = (): void => {
    writeFileSync(`${path}.other`, "other");
    renameSync(`${path}.other`, path);
  };
  return { look, replace, asked };
}

test("a file that something else stands in front of is told within five minutes, however busy its process is", async () => {
  const { look, replace } = busyProcess();
  expect(await look()).toBe(1);
  replace();
  const looks: unknown[] = [];
  for (let minute = 1; minute <= 5; minute++) looks.push(await look());
  expect(looks).toEqual([1, 1, 1, 1, 0]);
});

test("a file that changed and could not be asked for then is asked for at the next look", async () => {
  const { look, replace, asked } = busyProcess();
  expect(await look()).toBe(1);
  replace();
  asked.isThere = false;
  expect(await look(false)).toBe(1);
  asked.isThere = true;
  expect(await look()).toBe(0);
});

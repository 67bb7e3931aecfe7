import { appendFileSync, existsSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { event, testFolder } from "./events.fixture.ts";
import { pidsIn } from "./memory-store.fixture.ts";
import { SpillFile } from "./spill-file.ts";

const MAX_BYTES = 100_000;

function spilled(pids: readonly number[]) {
  const path = join(testFolder(), "spill");
  const file = new SpillFile(path, MAX_BYTES, undefined);
  for (const pid of pids) expect(file.append(event(pid))).toBe(true);
  return { path, file };
}

test("changes come back in order and in parts, and the file begins anew when all were taken", () => {
  const { path, file } = spilled([1, 2, 3]);
  const first = file.peek(2);
  expect(pidsIn(first.changes)).toEqual([1, 2]);
  file.take(first);
  const second = file.peek(2);
  expect(pidsIn(second.changes)).toEqual([3]);
  file.take(second);
  expect(file.isEmpty).toBe(true);
  expect(statSync(path).size).toBe(16);
});

test("another program reads on where the store says, and from the start where it says something else", () => {
  const { path, file } = spilled([1, 2, 3]);
  const position = file.positionAfter(file.peek(1).end);
  expect(pidsIn(new SpillFile(path, MAX_BYTES, position).peek(9).changes)).toEqual([2, 3]);
  expect(pidsIn(new SpillFile(path, MAX_BYTES, "0123456789abcdef:99").peek(9).changes)).toEqual([1, 2, 3]);
});

test("a tail that was cut off ends the file, and what stands before it is read", () => {
  const { path } = spilled([1, 2, 3]);
  truncateSync(path, statSync(path).size - 3);
  const file = new SpillFile(path, MAX_BYTES, undefined);
  const batch = file.peek(9);
  expect(pidsIn(batch.changes)).toEqual([1, 2]);
  expect(batch.isTorn).toBe(true);
  file.take(batch);
  expect(file.peek(9)).toMatchObject({ changes: [], isTorn: true });
  expect(file.discardRest()).toBe(1);
  expect(file.isEmpty).toBe(true);
});

test("a record that was changed is not believed", () => {
  const { path } = spilled([1, 2]);
  const bytes = readFileSync(path);
  bytes[bytes.length - 4] = 0x39;
  writeFileSync(path, bytes);
  expect(pidsIn(new SpillFile(path, MAX_BYTES, undefined).peek(9).changes)).toEqual([1]);
});

test("a length that cannot be true is not believed", () => {
  const { path } = spilled([1]);
  appendFileSync(path, Buffer.alloc(64, 0xff));
  expect(pidsIn(new SpillFile(path, MAX_BYTES, undefined).peek(9).changes)).toEqual([1]);
});

test("something else in its place is noticed, and a link is not followed", () => {
  const folder = testFolder();
  const path = join(folder, "spill");
  writeFileSync(path, "a file of somebody else, longer than the head");
  expect(new SpillFile(path, MAX_BYTES, undefined)).toMatchObject({ wasForeign: true, isEmpty: true });
  symlinkSync(join(folder, "target"), join(folder, "link"));
  expect(() => new SpillFile(join(folder, "link"), MAX_BYTES, undefined)).toThrow("ELOOP");
  expect(existsSync(join(folder, "target"))).toBe(false);
});

test("it is bounded, and full without harm to what it holds", () => {
  const path = join(testFolder(), "spill");
  const file = new SpillFile(path, 300, undefined);
  const accepted = [1, 2, 3, 4, 5, 6].filter((pid) => file.append(event(pid)));
  expect(accepted.length).toBeGreaterThan(0);
  expect(accepted.length).toBeLessThan(6);
  expect(pidsIn(file.peek(9).changes)).toEqual(accepted);
});

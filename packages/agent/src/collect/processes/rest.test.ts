import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { PlainProcFiles } from "../proc/proc-files.ts";
import { rests, type Sighting, unseen } from "./rest.ts";

/** Looks at a process whose `schedstat` reads like this at each look in turn; null: there is none. */
function looksAt(texts: readonly (string | null)[], threads = 1): boolean[] {
  const root = mkdtempSync(join(tmpdir(), "holdfast-rest-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, "7"));
  const files = new PlainProcFiles(root);
  const sighting: Sighting = { ...unseen };
  return texts.map((text) => {
    const path = join(root, "7/schedstat");
    if (text === null) rmSync(path, { force: true });
    else writeFileSync(path, text);
    return rests(files, 7, threads, sighting);
  });
}

test("a process rests while the kernel counts no time of it, and no longer once it ran for a nanosecond", () => {
  expect(looksAt(["5 1 1\n", "5 1 1\n", "5 1 1\n", "6 1 2\n", "6 1 2\n"])).toEqual([false, true, true, false, true]);
});

test("one that rests is asked about everything in each fifth look: another process may share what it has", () => {
  const looks = looksAt(Array.from({ length: 11 }, () => "5 1 1\n"));
  expect(looks.map((isResting) => (isResting ? "-" : "x")).join("")).toBe("x----x----x");
});

test("where the kernel does not count, or the file cannot be read, no process rests", () => {
  expect(looksAt(["0 0 0\n", "0 0 0\n"])).toEqual([false, false]);
  expect(looksAt(["5 1 1\n", null, null, "5 1 1\n"])).toEqual([false, false, false, false]);
});

test("a process of several threads never rests: only its first is counted", () => {
  expect(looksAt(["5 1 1\n", "5 1 1\n"], 2)).toEqual([false, false]);
});

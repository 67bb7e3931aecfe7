import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Accounts } from "./passwd.ts";

test("names are read again once the file was changed, and the first of two with one id counts", () => {
  const root = mkdtempSync(join(tmpdir(), "holdfast-passwd-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, "etc"));
  const clock = { ms: 0 };
  const accounts = new Accounts(root, () => clock.ms);
  expect(accounts.nameOf(0)).toBe("");
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/root:/bin/sh\n");
  expect(accounts.nameOf(0)).toBe("");
  clock.ms = 5_000;
  expect(accounts.nameOf(0)).toBe("root");
  expect(accounts.all()).toHaveLength(2);
  rmSync(join(root, "etc/passwd"));
  mkdirSync(join(root, "etc/passwd"));
  clock.ms = 10_000;
  expect(accounts.nameOf(0)).toBe("");
});

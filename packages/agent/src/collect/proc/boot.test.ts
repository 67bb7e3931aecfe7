import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bootText, readBoot, startMs } from "./boot.ts";
import { FakeProc } from "./proc.fixture.ts";

const NOW_MS = 1_700_000_000_000;
const ID = "0b0ac1fc-0000-4000-8000-000000000001";

test("a boot is known by its id, and its time comes out alike for one process after a restart of the agent", () => {
  const { root } = new FakeProc();
  const boot = readBoot(root, NOW_MS, undefined);
  expect(boot).toEqual({ id: ID, unixMs: NOW_MS - 1_000_000 });
  expect(readBoot(root, NOW_MS + 900, bootText(boot))).toEqual(boot);
  expect(startMs(boot, 250)).toBe(boot.unixMs + 2_500);
});

test("a clock that was set, or another boot, has another time", () => {
  const { root } = new FakeProc();
  const known = bootText(readBoot(root, NOW_MS, undefined));
  expect(readBoot(root, NOW_MS + 10_000, known).unixMs).toBe(NOW_MS - 990_000);
  writeFileSync(join(root, "sys/kernel/random/boot_id"), "another\n");
  expect(readBoot(root, NOW_MS + 100, known)).toEqual({ id: "another", unixMs: NOW_MS - 999_900 });
});

test("a system that tells neither is no reason to stop", () => {
  expect(readBoot("/no/such/folder", NOW_MS, undefined)).toEqual({ id: "", unixMs: NOW_MS });
});

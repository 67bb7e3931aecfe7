import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lookAtProcess, parseIds, parseLogin, parseStat } from "./look-at-process.ts";

const STAT =
  "4711 (a) (b) c) S 17 4711 17 0 -1 4194304 118 0 0 0 0 0 0 0 20 0 1 0 123456 8474624 464 18446744073709551615";
const STATUS = "Name:\tx\nUmask:\t0022\nPPid:\t17\nUid:\t1000\t0\t0\t0\nGid:\t100\t5\t5\t5\n";
const isLinux = process.platform === "linux";

let proc: string;
beforeEach(() => {
  proc = mkdtempSync(join(tmpdir(), "holdfast-look-"));
  mkdirSync(join(proc, "4711"));
  const write = (name: string, text: string) => writeFileSync(join(proc, "4711", name), text);
  write("stat", STAT);
  write("status", STATUS);
  write("cmdline", "prog\0--flag\0");
  write("loginuid", "4294967295");
  symlinkSync("/opt/prog (deleted)", join(proc, "4711", "exe"));
  symlinkSync("/srv", join(proc, "4711", "cwd"));
});
afterEach(() => rmSync(proc, { recursive: true, force: true }));

describe.skipIf(!isLinux)("a look at a process (needs Linux)", () => {
  it("reads what it is", () => {
    expect(lookAtProcess(proc, 4711, 1_234_560_000_000n)).toEqual({
      name: "a) (b) c",
      parent: 17,
      cmdline: "prog\0--flag\0",
      path: "/opt/prog",
      cwd: "/srv",
      uid: 1000,
      euid: 0,
      gid: 100,
      egid: 5,
    });
  });

  it("reads no more than is wanted", () => {
    const files = { name: "a) (b) c", parent: 17, path: "/opt/prog", cwd: "/srv" };
    expect(lookAtProcess(proc, 4711, 1_234_560_000_000n, "files")).toEqual(files);
  });

  it("finds nothing where a later process has the number", () => {
    expect(lookAtProcess(proc, 4711, 1_234_559_999_999n)).toBeUndefined();
  });

  it("finds nothing where nobody has the number", () => {
    expect(lookAtProcess(proc, 4712, 1_234_560_000_000n)).toBeUndefined();
  });

  it("does without what it may not read", () => {
    for (const name of ["cmdline", "exe", "cwd", "status", "loginuid"]) rmSync(join(proc, "4711", name));
    expect(lookAtProcess(proc, 4711, 1_234_560_000_000n)).toEqual({ name: "a) (b) c", parent: 17 });
  });

  it("sees this very process as the system does", () => {
    const seen = lookAtProcess("/proc", process.pid, BigInt(Date.now()) * 1_000_000n);
    expect(seen).toMatchObject({ parent: process.ppid, uid: process.getuid?.(), cwd: process.cwd() });
    expect(seen?.cmdline).toBe(readFileSync("/proc/self/cmdline", "utf8"));
  });
});

describe("files of /proc", () => {
  it("are read by their fields", () => {
    expect(parseStat(STAT)).toEqual({ name: "a) (b) c", parent: 17, startTicks: 123_456n });
    expect(parseIds(STATUS)).toEqual({ uid: 1000, euid: 0, gid: 100, egid: 5 });
    expect(parseLogin("1000\n")).toEqual({ auid: 1000 });
    expect([parseLogin(""), parseLogin("4294967295")]).toEqual([{}, {}]);
  });

  it("that are cut off say nothing", () => {
    const end = STAT.indexOf("123456") + 1;
    for (let length = 0; length < end - 1; length += 1) expect(parseStat(STAT.slice(0, length))).toBeUndefined();
    expect(parseIds("Uid:\t1000\n")).toEqual({});
  });

  it("of any text never throw", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseStat(text);
        parseIds(text);
        parseLogin(text);
      }),
    );
  });
});

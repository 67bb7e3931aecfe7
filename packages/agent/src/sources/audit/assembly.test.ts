import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AuditAssembly, type AuditEvent } from "./assembly.ts";
import { execRecords, exitRecords, forkRecords } from "./record.fixture.ts";

const isX64 = process.arch === "x64";

function assembled(records: readonly (readonly [number, string])[], assembly = new AuditAssembly()): AuditEvent[] {
  return records.map(([type, text]) => assembly.add(type, Buffer.from(text))).filter((event) => event !== undefined);
}

describe.skipIf(!isX64)("records of an event (captured on x64, read on x64)", () => {
  it("make an exec with its arguments", () => {
    expect(assembled(execRecords)).toEqual([
      {
        act: "exec",
        unixMs: 1_795_951_689_078,
        pid: 8909,
        parent: 8907,
        name: "echo",
        path: "/usr/bin/echo",
        cwd: "/work",
        cmdline: "/bin/echo\0a b\0q\0x\0z\0",
        uid: 0,
        gid: 0,
        euid: 0,
        egid: 0,
        result: 0,
        argument: 0x1348_bb40,
      },
    ]);
  });

  it("make a fork with its child, and an exit with its code", () => {
    expect(assembled(forkRecords)).toMatchObject([{ act: "fork", pid: 8907, result: 8908 }]);
    expect(assembled(exitRecords)).toMatchObject([{ act: "exit", pid: 8907, argument: 7 }]);
  });

  it("are told apart by their number when they come mixed", () => {
    const mixed = [execRecords[0]!, forkRecords[0]!, ...execRecords.slice(1), forkRecords[1]!];
    expect(assembled(mixed).map((event) => event.act)).toEqual(["exec", "fork"]);
  });

  it("of system calls that were not asked for make none", () => {
    expect(assembled(exitRecords.map(([type, text]) => [type, text.replace("syscall=231", "syscall=2")]))).toEqual([]);
    expect(assembled(exitRecords.map(([type, text]) => [type, text.replace("c000003e", "c0000015")]))).toEqual([]);
  });

  it("do not count when another program wrote them", () => {
    expect(assembled(execRecords.map(([type, text]) => [type === 1300 ? 1112 : type, text]))).toEqual([]);
  });

  it("without their system call make no event", () => {
    expect(assembled(execRecords.slice(1))).toEqual([]);
  });
});

describe("an audit assembly", () => {
  it("counts what cannot be read", () => {
    const assembly = new AuditAssembly();
    assembled(
      [
        [1300, "garbled"],
        [1309, ""],
        [1327, "not read"],
      ],
      assembly,
    );
    expect([assembly.takeBroken(), assembly.takeBroken()]).toEqual([2, 0]);
  });

  it("gives up the oldest of many events that do not end, and counts them", () => {
    const assembly = new AuditAssembly();
    for (let serial = 1; serial <= 600; serial += 1) assembly.add(1307, Buffer.from(`audit(1.000:${serial}): cwd="/"`));
    expect(assembly.takeBroken()).toBe(88);
  });

  it("reads any bytes without throwing", () => {
    const type = fc.constantFrom(1300, 1307, 1309, 1320);
    const record = fc.tuple(
      type,
      fc.oneof(
        fc.string(),
        fc.string().map((text) => `audit(1.000:1): ${text}`),
      ),
    );
    fc.assert(fc.property(fc.array(record), (records) => void assembled(records)));
  });
});

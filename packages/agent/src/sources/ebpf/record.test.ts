import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ebpfRecords } from "./record.fixture.ts";
import { decodeRecord, recordLayout } from "./record.ts";

const clock = { unixMs: () => 1_700_000_000_000 };
const decode = (record: Buffer) => decodeRecord(record, clock);
const common = {
  source: "ebpf",
  pid: 23_267,
  parent: 23_258,
  timeMs: 1_700_000_000_000,
  startNs: 2_598_928_217_307n,
  uid: 0,
  gid: 0,
  euid: 0,
  egid: 0,
};

describe("records of our programs", () => {
  it("of a fork have the child, its parent and its start", () => {
    expect(decode(ebpfRecords.fork)).toEqual({
      ...common,
      type: "fork",
      name: "MainThread",
      timeNs: 2_598_928_226_464n,
    });
  });

  it("of an exec have path and arguments", () => {
    expect(decode(ebpfRecords.exec)).toEqual({
      ...common,
      type: "exec",
      name: "true",
      timeNs: 2_598_929_238_300n,
      path: "/bin/true",
      cmdline: "/bin/true\0marker\0x y\0",
    });
  });

  it("of an exit have the code", () => {
    expect(decode(ebpfRecords.exit)).toMatchObject({ ...common, type: "exit", exitCode: 0 });
    const killed = Buffer.from(ebpfRecords.exit);
    killed.writeUInt32LE(15, recordLayout.exitStatus);
    expect(decode(killed)).toMatchObject({ exitCode: 143 });
  });

  it("have the user who logged in, when one did", () => {
    const record = Buffer.from(ebpfRecords.fork);
    record.writeUInt32LE(1000, recordLayout.auid);
    expect(decode(record)).toMatchObject({ auid: 1000 });
  });

  it("leave out what the kernel could not read", () => {
    const record = Buffer.from(ebpfRecords.exec);
    record.writeInt32LE(-14, recordLayout.pathLength);
    record.writeInt32LE(-14, recordLayout.argumentsResult);
    expect(decode(record)).not.toHaveProperty("path");
    expect(decode(record)).not.toHaveProperty("cmdline");
  });

  it("that are cut off, or of another kind, are none", () => {
    for (let length = 0; length < recordLayout.arguments; length += 1) {
      expect(decode(ebpfRecords.exec.subarray(0, length))).toBeUndefined();
    }
    const other = Buffer.from(ebpfRecords.fork);
    other.writeUInt32LE(9, 0);
    expect(decode(other)).toBeUndefined();
  });

  it("of any bytes never throw", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void decode(Buffer.from(bytes))));
  });
});

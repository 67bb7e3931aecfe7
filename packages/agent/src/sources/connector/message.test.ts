import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { connectorPayloads as payloads } from "./message.fixture.ts";
import { connectorRequest, decodeConnector } from "./message.ts";

describe("messages of the process connector", () => {
  it("of a fork name parent and child", () => {
    expect(decodeConnector(payloads.fork)).toEqual({
      kind: "fork",
      pid: 14_639,
      thread: 14_639,
      parent: 14_592,
      sequence: 1,
      processor: 0,
      monotonicNs: 824_319_091_303n,
    });
  });

  it("of an exec name the process", () => {
    expect(decodeConnector(payloads.exec)).toMatchObject({ kind: "exec", pid: 14_639, thread: 14_639, sequence: 2 });
  });

  it("of an exit have the status", () => {
    expect(decodeConnector(payloads.exit)).toMatchObject({ kind: "exit", pid: 14_640, status: 0, sequence: 5 });
    const killed = Buffer.from(payloads.exit);
    killed.writeUInt32LE(9, 44);
    expect(decodeConnector(killed)).toMatchObject({ kind: "exit", status: 9 });
  });

  it("of a thread are told from those of its process", () => {
    const thread = Buffer.from(payloads.fork);
    thread.writeUInt32LE(14_592, 48);
    expect(decodeConnector(thread)).toMatchObject({ kind: "fork", pid: 14_592, thread: 14_639 });
  });

  it("of other kinds count for their numbers", () => {
    expect(decodeConnector(payloads.acknowledgement)).toMatchObject({ kind: "other", sequence: 7 });
    expect(decodeConnector(payloads.renamed)).toMatchObject({ kind: "other", sequence: 8 });
  });

  it("of kernels that number their answers otherwise do not count", () => {
    const old = Buffer.from(payloads.acknowledgement);
    old.writeUInt32LE(0xffff_ffff, 24);
    expect(decodeConnector(old)).toMatchObject({ kind: "other", sequence: undefined });
  });

  it("that are cut off are no messages", () => {
    for (const payload of [payloads.fork, payloads.exec, payloads.exit, payloads.renamed]) {
      for (let length = 0; length < 36; length += 1)
        expect(decodeConnector(payload.subarray(0, length))).toBeUndefined();
    }
    const short = Buffer.from(payloads.fork.subarray(0, 40));
    short.writeUInt16LE(20, 16);
    expect(decodeConnector(short)).toBeUndefined();
  });

  it("of other connectors are none of ours", () => {
    const other = Buffer.from(payloads.fork);
    other.writeUInt32LE(3, 0);
    expect(decodeConnector(other)).toBeUndefined();
  });

  it("of any bytes never throw", () => {
    const likely = fc
      .tuple(fc.constantFrom(...Object.values(payloads)), fc.array(fc.tuple(fc.nat(59), fc.nat(255))))
      .map(([payload, changes]) => {
        const bytes = Buffer.from(payload);
        for (const [at, value] of changes) bytes[at] = value;
        return bytes;
      });
    fc.assert(
      fc.property(
        fc.oneof(likely, fc.uint8Array({ maxLength: 80 })),
        (bytes) => void decodeConnector(Buffer.from(bytes)),
      ),
    );
  });
});

describe("the request", () => {
  it("is what <linux/cn_proc.h> says", () => {
    expect(connectorRequest("listen").toString("hex")).toBe(
      "0100000001000000" + "0000000000000000" + "04000000" + "01000000",
    );
    expect(connectorRequest("ignore").at(20)).toBe(2);
  });
});

import { describe, expect, it } from "vitest";
import { decodeStatus, encodeStatus } from "./status.ts";

describe("the status of the audit system", () => {
  it("is read as <linux/audit.h> lays it out", () => {
    // Of Linux 6.18: off, no daemon, a backlog of 64.
    const numbers = [0, 2, 1, 812, 0, 64, 9, 0, 127, 15_000, 0];
    const payload = Buffer.alloc(44);
    numbers.forEach((number, index) => payload.writeUInt32LE(number, index * 4));
    expect(decodeStatus(payload)).toEqual({ enabled: 2, daemon: 812, backlogLimit: 64, lost: 9 });
    expect(decodeStatus(payload.subarray(0, 31))).toBeUndefined();
  });

  it("is changed in what is given only", () => {
    expect(encodeStatus({ enabled: 1 }).toString("hex")).toBe(`0100000001000000${"00".repeat(36)}`);
    expect(encodeStatus({ backlogLimit: 8192 }).readUInt32LE(0)).toBe(0x10);
    expect(encodeStatus({ backlogLimit: 8192 }).readUInt32LE(20)).toBe(8192);
  });
});

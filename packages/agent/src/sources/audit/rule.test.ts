import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { auditedAct, auditRules, beatCall, keyOfRule } from "./rule.ts";

describe("audit rules", () => {
  it("are laid out as <linux/audit.h> says", () => {
    const [exec] = auditRules("key", 4711, "x64");
    const { bytes } = exec!;
    expect(bytes).toHaveLength(1040 + 3);
    // Exit filter, always, three fields; execve is 59 and execveat 322 there.
    expect([0, 4, 8].map((at) => bytes.readUInt32LE(at))).toEqual([4, 2, 3]);
    expect([12 + 4, 12 + 4 * 10].map((at) => bytes.readUInt32LE(at))).toEqual([1 << 27, 1 << 2]);
    expect([0, 4, 8].map((at) => bytes.readUInt32LE(268 + at))).toEqual([11, 104, 210]);
    expect([0, 4, 8].map((at) => bytes.readUInt32LE(524 + at))).toEqual([0xc000003e, 1, 3]);
    expect([0, 4, 8].map((at) => bytes.readUInt32LE(780 + at))).toEqual([0x40000000, 0x40000000, 0x40000000]);
    expect(bytes.toString("latin1", 1036)).toBe("\x03\0\0\0key");
  });

  it("leave threads out: those send no signal at their end", () => {
    const clone = auditRules("key", 1, "x64")[1]!.bytes;
    expect([268 + 4, 524 + 4, 780 + 4].map((at) => clone.readUInt32LE(at))).toEqual([200, 0xff, 0x0800_0000]);
  });

  it("are for programs of 64 bits, and of 32 where the kernel runs them", () => {
    const required = (platform: NodeJS.Architecture): string =>
      auditRules("key", 1, platform)
        .map((rule) => (rule.isRequired ? "64" : "32"))
        .join(" ");
    expect(required("x64")).toBe("64 64 64 64 64 32 32 32 32");
    expect(required("arm64")).toBe("64 64 64 64 32 32 32 32");
    expect(auditRules("key", 1, "riscv64")).toEqual([]);
  });

  it("are recognised by their key, whatever texts stand before it", () => {
    for (const { bytes } of auditRules("holdfast-agent.1.2", 1, "x64"))
      expect(keyOfRule(bytes)).toBe("holdfast-agent.1.2");
    const watch = Buffer.alloc(1040 + 9);
    watch.writeUInt32LE(3, 8);
    [105, 106, 210].forEach((field, index) => watch.writeUInt32LE(field, 268 + index * 4));
    [4, 99, 5].forEach((value, index) => watch.writeUInt32LE(value, 524 + index * 4));
    watch.write("/etcmykey", 1040);
    expect(keyOfRule(watch)).toBe("mykey");
  });

  it("of any bytes are looked at without throwing", () => {
    expect(keyOfRule(Buffer.alloc(1039))).toBeUndefined();
    expect(keyOfRule(Buffer.alloc(1040))).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1040, maxLength: 1100 }), (bytes) => void keyOfRule(Buffer.from(bytes))),
    );
  });
});

describe("audited system calls", () => {
  it("are told apart by architecture and number", () => {
    expect(auditedAct(0xc000003e, 59, "x64")).toBe("exec");
    expect(auditedAct(0x40000003, 11, "x64")).toBe("exec");
    expect(auditedAct(0xc000003e, 11, "x64")).toBeUndefined();
    expect([56, 57, 231, 146].map((call) => auditedAct(0xc000003e, call, "x64"))).toEqual([
      "fork",
      "fork",
      "exit",
      "beat",
    ]);
    expect([220, 221, 94, 125].map((call) => auditedAct(0xc00000b7, call, "arm64"))).toEqual([
      "fork",
      "exec",
      "exit",
      "beat",
    ]);
    expect(beatCall("riscv64")).toBeUndefined();
  });
});

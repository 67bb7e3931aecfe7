import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sampleBtf } from "./btf.fixture.ts";
import { KernelTypes } from "./btf.ts";

const outer = new Set(["outer"]);

/** What is read; undefined when it is refused with an error, which is as good. */
function readOrRefuse(bytes: Buffer): KernelTypes | undefined {
  try {
    return new KernelTypes(bytes, outer);
  } catch (error) {
    if (error instanceof Error && error.message.includes("type information")) return undefined;
    throw error;
  }
}

describe("the kernel's type information", () => {
  it("tells where members stand, those of unnamed parts too", () => {
    const types = new KernelTypes(sampleBtf(), outer);
    expect(["a", "b", "c", "d", "e"].map((member) => types.offsetOf("outer", member))).toEqual([0, 4, 8, 4, 16]);
  });

  it("knows no place for parts of a byte, and for what is not there", () => {
    const types = new KernelTypes(sampleBtf(), outer);
    expect(types.offsetOf("outer", "bits")).toBeUndefined();
    expect(types.offsetOf("outer", "missing")).toBeUndefined();
    expect(types.offsetOf("missing", "a")).toBeUndefined();
  });

  it("is refused when it is none, or cut off, or has kinds of the future", () => {
    expect(() => new KernelTypes(Buffer.alloc(100), outer)).toThrow("no kernel type information");
    expect(() => new KernelTypes(sampleBtf().subarray(0, 60), outer)).toThrow("cut off");
    const future = sampleBtf();
    future.writeUInt8(20, 24 + 7);
    expect(() => new KernelTypes(future, outer)).toThrow("unknown kind 20");
  });

  it("of any bytes is read to an end, or refused", () => {
    const changed = fc.array(fc.tuple(fc.nat(sampleBtf().length - 1), fc.nat(255)), { maxLength: 8 });
    fc.assert(
      fc.property(changed, (changes) => {
        const bytes = sampleBtf();
        for (const [at, value] of changes) bytes[at] = value;
        const types = readOrRefuse(bytes);
        for (const member of ["a", "b", "e"]) types?.offsetOf("outer", member);
      }),
    );
  });
});

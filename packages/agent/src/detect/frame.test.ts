import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameReader, frameOf } from "./frame.ts";

describe("frames", () => {
  it("come out as they went in, however the stream is cut", () => {
    const texts = fc.array(
      fc.string({ unit: "binary", maxLength: 200 }).map((text) => text.toWellFormed()),
      { maxLength: 8 },
    );
    const cuts = fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(texts, cuts, (texts, cuts) => {
        const stream = Buffer.concat(texts.map(frameOf));
        const reader = new FrameReader(10_000);
        const read: string[] = [];
        for (let at = 0, cut = 0; at < stream.length; cut++) {
          const end = at + cuts[cut % cuts.length]!;
          read.push(...reader.push(stream.subarray(at, end)));
          at = end;
        }
        expect(read).toEqual(texts);
      }),
    );
  });

  it("that say they are too long are refused before they are there", () => {
    const header = Buffer.alloc(4);
    header.writeUInt32LE(101);
    expect(() => new FrameReader(100).push(header)).toThrow(RangeError);
  });

  it("that come byte by byte take no more memory than their bytes", () => {
    const reader = new FrameReader(1_000_000);
    const frame = frameOf("x".repeat(1_000_000));
    for (let at = 0; at < frame.length - 1; at++) reader.push(frame.subarray(at, at + 1));
    expect(reader.roomBytes).toBeLessThanOrEqual(2 * frame.length);
    expect(reader.push(frame.subarray(-1))).toEqual(["x".repeat(1_000_000)]);
    expect(reader.roomBytes).toBe(0);
  });
});

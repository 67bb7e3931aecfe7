import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SequenceGaps } from "./sequence-gaps.ts";

function missing(numbers: readonly (readonly [processor: number, sequence: number])[]): number {
  const gaps = new SequenceGaps();
  for (const [processor, sequence] of numbers) gaps.note(processor, sequence);
  return gaps.missing;
}

describe("gaps in the numbers", () => {
  it("are counted for each processor, from the first number that was seen", () => {
    expect(
      missing([
        [0, 50],
        [1, 7],
        [0, 51],
        [1, 9],
        [0, 55],
      ]),
    ).toBe(4);
  });

  it("are counted over the end of 32 bits", () => {
    expect(
      missing([
        [0, 0xffff_fffe],
        [0, 1],
      ]),
    ).toBe(2);
  });

  it("are not made up for a number that comes late or twice", () => {
    expect(
      missing([
        [0, 10],
        [0, 10],
        [0, 9],
        [0, 11],
      ]),
    ).toBe(0);
  });

  it("are exactly the numbers that did not arrive", () => {
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), fc.array(fc.boolean(), { maxLength: 100 }), (start, arrives) => {
        const kept = [true, ...arrives, true].map((isKept, index) => [isKept, (start + index) >>> 0] as const);
        const arrived = kept.filter(([isKept]) => isKept).map(([, sequence]) => [0, sequence] as const);
        expect(missing(arrived)).toBe(kept.length - arrived.length);
      }),
    );
  });

  it("are kept for a bounded number of processors", () => {
    const gaps = new SequenceGaps();
    for (let processor = 0; processor < 10_000; processor += 1) gaps.note(processor, 1);
    gaps.note(9999, 5);
    gaps.note(5, 5);
    expect(gaps.missing).toBe(3);
  });
});

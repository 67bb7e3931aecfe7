import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Checked, type CheckedGroup, nothing } from "./checked.ts";
import { merge } from "./merge.ts";
import { byDefault } from "./origin.ts";

const value = (content: unknown): Checked => ({
  kind: "value",
  value: content,
  origin: byDefault,
  node: { kind: "scalar", origin: byDefault, value: null },
});

/** Layers of one schema: `s` names are groups at every level, `v` names are values. */
const layer: fc.Arbitrary<CheckedGroup> = fc.letrec<{ group: CheckedGroup }>((tie) => ({
  group: fc
    .record(
      {
        s1: tie("group").map((group) => group as Checked),
        s2: tie("group").map((group) => group as Checked),
        v1: fc.integer().map(value),
        v2: fc.array(fc.integer(), { maxLength: 3 }).map(value),
      },
      { requiredKeys: [], noNullPrototype: true },
    )
    .map((entries): CheckedGroup => ({ kind: "group", entries: new Map(Object.entries(entries)) })),
})).group;

/** The slow way: every value under its whole path, written one after the other. */
function flatten(group: CheckedGroup, path = ""): ReadonlyMap<string, unknown> {
  const flat = new Map<string, unknown>();
  for (const [key, checked] of group.entries) {
    if (checked.kind === "value") flat.set(path + key, checked.value);
    else for (const [inner, content] of flatten(checked, `${path}${key}.`)) flat.set(inner, content);
  }
  return flat;
}

describe("merging layers", () => {
  it("is the same as writing one layer's values over the other's", () => {
    fc.assert(
      fc.property(layer, layer, (lower, upper) => {
        expect(flatten(merge(lower, upper))).toEqual(new Map([...flatten(lower), ...flatten(upper)]));
      }),
    );
  });

  it("does not depend on which two of three layers are merged first", () => {
    fc.assert(
      fc.property(layer, layer, layer, (first, second, third) => {
        expect(merge(merge(first, second), third)).toEqual(merge(first, merge(second, third)));
      }),
    );
  });

  it("leaves a layer as it is when the other says nothing, or says the same", () => {
    fc.assert(
      fc.property(layer, (only) => {
        expect(merge(only, nothing)).toEqual(only);
        expect(merge(nothing, only)).toEqual(only);
        expect(merge(only, only)).toEqual(only);
      }),
    );
  });

  it("replaces a list whole", () => {
    const of = (items: readonly number[]): CheckedGroup => ({
      kind: "group",
      entries: new Map([["v2", value(items)]]),
    });
    expect(flatten(merge(of([1, 2, 3]), of([4])))).toEqual(new Map([["v2", [4]]]));
  });
});

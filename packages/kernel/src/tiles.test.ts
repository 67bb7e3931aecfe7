import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toHex } from "./bytes.ts";
import { codeOf } from "./code-of.fixture.ts";
import { primitives } from "./primitives.fixture.ts";
import { leafAt, leaves, readerOf, referenceRoot } from "./reference-tree.fixture.ts";
import { createTree, loadTree, partialTilesOf, tilesOf } from "./tiles.ts";

const { sha256 } = primitives;

function treeOf(size: number) {
  const tree = createTree(sha256);
  for (const leaf of leaves(size)) tree.append(leaf);
  return tree;
}

test("the tiles of 70,000 and of 256 leaves are those of C2SP tlog-tiles", () => {
  expect(partialTilesOf(70_000)).toEqual([
    { level: 0, index: 273, width: 112 },
    { level: 1, index: 1, width: 17 },
    { level: 2, index: 0, width: 1 },
  ]);
  const full = [...tilesOf(70_000)].filter(({ width }) => width === 256);
  expect(full.filter(({ level }) => level === 0)).toHaveLength(273);
  expect(full.filter(({ level }) => level === 1)).toHaveLength(1);
  expect([...tilesOf(70_000)]).toHaveLength(273 + 1 + 3);
  expect(partialTilesOf(256)).toEqual([{ level: 1, index: 0, width: 1 }]);
  expect(partialTilesOf(0)).toEqual([]);
});

test("between two sizes only the tiles that grew are named", () => {
  expect([...tilesOf(300, 300)]).toEqual([]);
  expect([...tilesOf(300, 299)]).toEqual([{ level: 0, index: 1, width: 44 }]);
  expect([...tilesOf(512, 511)]).toEqual([
    { level: 0, index: 1, width: 256 },
    { level: 1, index: 0, width: 2 },
  ]);
});

test("the root is that of RFC 6962 after each leaf", () => {
  const all = leaves(600);
  const tree = createTree(sha256);
  for (const [index, leaf] of all.entries()) {
    expect(tree.size).toBe(index);
    expect(toHex(tree.root())).toBe(toHex(referenceRoot(all.slice(0, index))));
    tree.append(leaf);
  }
});

test("full tiles come out once, each hash the root of a full tile below", () => {
  const size = 65_536 + 1;
  const tree = treeOf(size);
  const tiles = [...tree.takeCompletedTiles(), ...tree.partialTiles()];
  expect(tree.takeCompletedTiles()).toEqual([]);
  const named = tiles.map(({ level, index, hashes }) => ({ level, index, width: hashes.byteLength / 32 }));
  const order = (a: { level: number; index: number }, b: { level: number; index: number }) =>
    a.level - b.level || a.index - b.index;
  expect(named.toSorted(order)).toEqual([...tilesOf(size)].toSorted(order));
  const above = tiles.find(({ level, index }) => level === 1 && index === 0)!;
  expect(toHex(above.hashes.subarray(0, 32))).toBe(toHex(referenceRoot(leaves(256))));
  const top = tiles.find(({ level }) => level === 2)!;
  expect(toHex(top.hashes)).toBe(toHex(referenceRoot(leaves(65_536))));
});

const sizes = fc.oneof(fc.nat(600), fc.constantFrom(255, 256, 257, 511, 512));

describe("a tree goes on", () => {
  test("from its stored tiles as if it had never stopped", () => {
    fc.assert(
      fc.property(sizes, fc.nat(300), (size, more) => {
        const loaded = loadTree(sha256, size, readerOf(treeOf(size)));
        for (let index = size; index < size + more; index++) loaded.append(leafAt(index));
        expect(toHex(loaded.root())).toBe(toHex(referenceRoot(leaves(size + more))));
        const straight = treeOf(size + more);
        expect(loaded.partialTiles()).toEqual(straight.partialTiles());
      }),
      { numRuns: 25 },
    );
  });

  test("above a level without a partial tile", () => {
    const loaded = loadTree(sha256, 256, readerOf(treeOf(256)));
    loaded.append(leafAt(256));
    expect(toHex(loaded.root())).toBe(toHex(referenceRoot(leaves(257))));
  });
});

test("a copy goes on by itself, and the tree it was made of stays as it was", () => {
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 300 }), (size, more) => {
      const tree = treeOf(size);
      const copy = tree.copy();
      for (let index = size; index < size + more; index++) copy.append(leafAt(index));
      expect(toHex(copy.root())).toBe(toHex(referenceRoot(leaves(size + more))));
      expect(toHex(tree.root())).toBe(toHex(referenceRoot(leaves(size))));
      for (let index = size; index < size + more; index++) tree.append(leafAt(index));
      expect(tree.partialTiles()).toEqual(copy.partialTiles());
    }),
    { numRuns: 25 },
  );
});

test("a state whose tiles are too short, too long or missing is refused", () => {
  const hash = new Uint8Array(32);
  for (const partial of [[], [hash], [new Uint8Array(96)]]) {
    expect(codeOf(() => createTree(sha256, { size: 2, partial }))).toBe("tile_invalid");
  }
  expect(codeOf(() => loadTree(sha256, 2, () => hash))).toBe("tile_invalid");
});

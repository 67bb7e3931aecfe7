import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { fromBase64, fromHex, toHex } from "./bytes.ts";
import { codeOf } from "./code-of.fixture.ts";
import {
  consistencyProof,
  emptyRoot,
  inclusionProof,
  leafHash,
  nodeHash,
  type TileReader,
  verifyConsistency,
  verifyInclusion,
} from "./merkle.ts";
import { primitives } from "./primitives.fixture.ts";
import { leaves, readerOf, referenceRoot } from "./reference-tree.fixture.ts";
import { createTree } from "./tiles.ts";
import { vectorFiles, vectorJson, vectorsFolder } from "./vectors.fixture.ts";

const { sha256 } = primitives;

interface Probe {
  readonly root: string;
  readonly root1: string;
  readonly root2: string;
  readonly leafHash: string;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}

/** An integer of a vector: above 2^53 it is no number that a proof takes, but must not become another that is. */
type Integer = number | { readonly rawJSON: string };
const numberOf = (value: Integer): number => (typeof value === "number" ? value : Number(value.rawJSON));
const proofOf = ({ proof }: Probe): Uint8Array[] => (proof ?? []).map(fromBase64);

describe.skipIf(vectorsFolder === undefined)("vectors of transparency-dev/merkle", () => {
  test("leaf hashes and roots of the trees of up to eight leaves", () => {
    const { leafInputsHex, leafHashesHex, rootBySize } = vectorJson<{
      leafInputsHex: string[];
      leafHashesHex: string[];
      rootBySize: Record<string, string>;
    }>("merkle/rfc6962_roots.json");
    const tree = createTree(sha256);
    expect(toHex(tree.root())).toBe(rootBySize["0"]);
    for (const [index, input] of leafInputsHex.entries()) {
      const leaf = leafHash(sha256, fromHex(input));
      expect(toHex(leaf)).toBe(leafHashesHex[index]);
      tree.append(leaf);
      expect(toHex(tree.root())).toBe(rootBySize[index + 1]);
    }
  });

  /** Files of a folder whose probe a check does not judge as the publisher does. */
  function misjudged<P extends Probe>(folder: string, accepts: (probe: P) => boolean): string[] {
    const files = vectorFiles("merkle/testdata", folder);
    expect(files.length).toBeGreaterThan(60);
    return files.filter((file) => {
      const probe = vectorJson<P>(file);
      return accepts(probe) === probe.wantErr;
    });
  }

  const includes = (probe: Probe, index: Integer, size: Integer): boolean =>
    verifyInclusion(sha256, {
      index: numberOf(index),
      size: numberOf(size),
      leaf: fromBase64(probe.leafHash),
      root: fromBase64(probe.root),
      proof: proofOf(probe),
    });

  const follows = (probe: Probe, size1: Integer, size2: Integer): boolean =>
    verifyConsistency(sha256, {
      size1: numberOf(size1),
      size2: numberOf(size2),
      root1: fromBase64(probe.root1),
      root2: fromBase64(probe.root2),
      proof: proofOf(probe),
    });

  test("probes of inclusion", () => {
    type Included = Probe & { leafIdx: Integer; treeSize: Integer };
    const wrong = misjudged<Included>("inclusion", (probe) => includes(probe, probe.leafIdx, probe.treeSize));
    expect(wrong).toEqual([]);
  });

  test("probes of consistency", () => {
    type Consistent = Probe & { size1: Integer; size2: Integer };
    const wrong = misjudged<Consistent>("consistency", (probe) => follows(probe, probe.size1, probe.size2));
    expect(wrong).toEqual([]);
  });

  // A subtree that begins with the first leaf is a tree of its own; of an empty one Holdfast accepts no proof.
  const isTree = ({ start, end }: { start: Integer; end: Integer }): boolean => start === 0 && end !== 0;

  test("probes of inclusion in a subtree that is a tree", () => {
    type Included = Probe & { leafIdx: Integer; start: Integer; end: Integer };
    const wrong = misjudged<Included>("subtreeinclusion", (probe) =>
      isTree(probe) ? includes(probe, probe.leafIdx, probe.end) : !probe.wantErr,
    );
    expect(wrong).toEqual([]);
  });

  test("probes of consistency with a subtree that is a tree", () => {
    type Consistent = Probe & { start: Integer; end: Integer; size: Integer };
    const wrong = misjudged<Consistent>("subtreeconsistency", (probe) =>
      isTree(probe) ? follows(probe, probe.end, probe.size) : !probe.wantErr,
    );
    expect(wrong).toEqual([]);
  });
});

test("a leaf and a node never hash alike, and long leaves hash like short ones", () => {
  const left = new Uint8Array(32).fill(1);
  const right = new Uint8Array(32).fill(2);
  expect(toHex(nodeHash(sha256, left, right))).toBe(toHex(sha256(Uint8Array.of(1, ...left, ...right))));
  for (const length of [0, 1, 4094, 4095, 4096, 65_535]) {
    const data = new Uint8Array(length).fill(9);
    expect(toHex(leafHash(sha256, data))).toBe(toHex(sha256(Uint8Array.of(0, ...data))));
  }
});

test("the root of the empty tree is the hash of nothing", () => {
  expect(toHex(emptyRoot(sha256))).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});

/** Three levels of tiles: 257 full ones at the bottom, 1 full one above. */
const SIZE = 65_536 + 300;
let all: readonly Uint8Array[];
let read: TileReader;
const roots = new Map<number, Uint8Array>();

function rootAt(size: number): Uint8Array {
  const root = roots.get(size) ?? referenceRoot(all.slice(0, size));
  roots.set(size, root);
  return root;
}

beforeAll(() => {
  all = leaves(SIZE);
  const tree = createTree(sha256);
  for (const leaf of all) tree.append(leaf);
  read = readerOf(tree);
});

const sizes = fc.oneof(
  fc.integer({ min: 1, max: 600 }),
  fc.constantFrom(255, 256, 257, 511, 512, 65_535, 65_536, 65_537, SIZE),
);

describe("inclusion", () => {
  test("of each leaf is proven under each size, from the tiles of a later tree", () => {
    fc.assert(
      fc.property(sizes, fc.nat(), (size, seed) => {
        const index = seed % size;
        const proof = inclusionProof(sha256, index, size, read);
        const claim = { index, size, leaf: all[index]!, root: rootAt(size), proof };
        expect(verifyInclusion(sha256, claim)).toBe(true);
        expect(verifyInclusion(sha256, { ...claim, leaf: all[(index + 1) % SIZE]! })).toBe(false);
        expect(verifyInclusion(sha256, { ...claim, proof: [...proof, proof[0] ?? claim.leaf] })).toBe(false);
        expect(verifyInclusion(sha256, { ...claim, proof: proof.slice(0, -1) }) && proof.length > 0).toBe(false);
        expect(verifyInclusion(sha256, { ...claim, index: size })).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  test("is refused when the proof is empty, too short or too long", () => {
    for (const index of [0, 3, 4, 6]) {
      const proof = inclusionProof(sha256, index, 7, read);
      const claim = { index, size: 7, leaf: all[index]!, root: rootAt(7) };
      for (const wrong of [[], proof.slice(1), proof.slice(0, -1), [...proof, all[0]!], [all[0]!, ...proof]]) {
        expect(verifyInclusion(sha256, { ...claim, proof: wrong })).toBe(false);
      }
    }
  });

  test("is refused where there is no such leaf or no such number", () => {
    for (const [index, size] of [
      [0, 0],
      [5, 5],
      [-1, 5],
      [0.5, 5],
      [0, 2 ** 53],
      [2 ** 53, 2 ** 54],
      [0, Number.NaN],
    ] as const) {
      expect(codeOf(() => inclusionProof(sha256, index, size, read))).toBe("out_of_range");
      expect(verifyInclusion(sha256, { index, size, leaf: all[0]!, root: all[0]!, proof: [] })).toBe(false);
    }
  });

  test("is refused when a node of the proof is no hash", () => {
    const root = rootAt(2);
    const shifted = [all[1]!.subarray(0, 31)];
    expect(verifyInclusion(sha256, { index: 0, size: 2, leaf: all[0]!, root, proof: shifted })).toBe(false);
  });
});

describe("consistency", () => {
  test("of each size with each later one is proven, and with no other tree", () => {
    fc.assert(
      fc.property(sizes, sizes, (one, other) => {
        const [size1, size2] = [Math.min(one, other), Math.max(one, other)];
        const proof = consistencyProof(sha256, size1, size2, read);
        const [root1, root2] = [rootAt(size1), rootAt(size2)];
        const claim = { size1, size2, root1, root2, proof };
        expect(verifyConsistency(sha256, claim)).toBe(true);
        expect(verifyConsistency(sha256, { ...claim, root1: all[1]! })).toBe(false);
        expect(verifyConsistency(sha256, { ...claim, root2: all[1]! })).toBe(false);
        expect(verifyConsistency(sha256, { ...claim, proof: [...proof, all[0]!] })).toBe(false);
        expect(verifyConsistency(sha256, { ...claim, proof: proof.slice(0, -1) }) && proof.length > 0).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  test("is refused when the proof is empty, too short or too long", () => {
    for (const [size1, size2] of [
      [3, 7],
      [4, 7],
      [1, 2],
      [6, 8],
      [9, 11],
    ] as const) {
      const proof = consistencyProof(sha256, size1, size2, read);
      const claim = { size1, size2, root1: rootAt(size1), root2: rootAt(size2) };
      for (const wrong of [[], proof.slice(1), proof.slice(0, -1), [...proof, all[0]!], [all[0]!, ...proof]]) {
        expect(verifyConsistency(sha256, { ...claim, proof: wrong })).toBe(false);
      }
    }
  });

  test("is refused of nothing, of a larger with a smaller tree, and above 2^53", () => {
    const root = all[0]!;
    for (const [size1, size2] of [
      [0, 0],
      [0, 3],
      [4, 3],
      [1, 2 ** 53],
      [1.5, 3],
      [-1, 3],
    ] as const) {
      expect(codeOf(() => consistencyProof(sha256, size1, size2, read))).toBe("out_of_range");
      expect(verifyConsistency(sha256, { size1, size2, root1: root, root2: root, proof: [] })).toBe(false);
    }
    const shifted = [root.subarray(0, 31)];
    expect(verifyConsistency(sha256, { size1: 1, size2: 2, root1: root, root2: root, proof: shifted })).toBe(false);
  });
});

test("a tile with too few hashes is refused, not read past its end", () => {
  const short: TileReader = (level, index) => read(level, index).subarray(0, 32 * 3);
  expect(codeOf(() => inclusionProof(sha256, 0, 8, short))).toBe("tile_invalid");
});

import { EMPTY_BYTES, equal } from "./bytes.ts";
import type { Hash } from "./crypto.ts";
import { KernelError } from "./errors.ts";

export const HASH_BYTES = 32;
const LEAF_PREFIX = 0;
const NODE_PREFIX = 1;

/**
 * Inputs are put together here: an allocation would cost a third of the hash. Hashes are synchronous and keep nothing
 * (see `Hash`), so that no two uses meet.
 */
const nodeInput = new Uint8Array(2 * HASH_BYTES + 1).fill(NODE_PREFIX, 0, 1);
const leafInput = new Uint8Array(4096).fill(LEAF_PREFIX, 0, 1);

/** RFC 6962 §2.1: hash of one leaf. */
export function leafHash(sha256: Hash, data: Uint8Array): Uint8Array {
  const length = data.byteLength + 1;
  const input = length <= leafInput.byteLength ? leafInput.subarray(0, length) : new Uint8Array(length);
  input.set(data, 1);
  return sha256(input);
}

/** RFC 6962 §2.1: hash of a node with two children. */
export function nodeHash(sha256: Hash, left: Uint8Array, right: Uint8Array): Uint8Array {
  nodeInput.set(left, 1);
  nodeInput.set(right, HASH_BYTES + 1);
  return sha256(nodeInput);
}

/** RFC 6962 §2.1: root of the empty tree. */
export function emptyRoot(sha256: Hash): Uint8Array {
  return sha256(EMPTY_BYTES);
}

export interface Inclusion {
  readonly index: number;
  readonly size: number;
  readonly leaf: Uint8Array;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** RFC 9162 §2.1.3.2: whether `leaf` stands at `index` of the tree. Sizes above 2^53 - 1 are refused. */
export function verifyInclusion(sha256: Hash, { index, size, leaf, root, proof }: Inclusion): boolean {
  if (!isSize(index) || !isSize(size) || index >= size || ![leaf, ...proof].every(isHash)) return false;
  let node = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sha256, sibling, hash);
      // The rightmost node has no sibling on these levels. It is not 0: then `last` would be.
      for (; node % 2 === 0; last = half(last)) node = half(node);
    } else hash = nodeHash(sha256, hash, sibling);
    node = half(node);
    last = half(last);
  }
  return last === 0 && equal(hash, root);
}

export interface Consistency {
  readonly size1: number;
  readonly size2: number;
  readonly root1: Uint8Array;
  readonly root2: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/**
 * RFC 9162 §2.1.4.2: whether the second tree extends the first. Of an empty first tree nothing can be proven, so that
 * is refused, as are sizes above 2^53 - 1.
 */
export function verifyConsistency(sha256: Hash, { size1, size2, root1, root2, proof }: Consistency): boolean {
  if (!isSize(size1) || !isSize(size2) || size1 === 0 || size1 > size2 || !proof.every(isHash)) return false;
  if (size1 === size2) return proof.length === 0 && equal(root1, root2);
  let node = size1 - 1;
  let last = size2 - 1;
  for (; node % 2 === 1; last = half(last)) node = half(node);
  // A first tree that is one complete subtree is its own starting point (step 2).
  const [start, ...rest] = node === 0 ? [root1, ...proof] : proof;
  if (start === undefined) return false;
  let hash1 = start;
  let hash2 = start;
  for (const sibling of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash1 = nodeHash(sha256, sibling, hash1);
      hash2 = nodeHash(sha256, sibling, hash2);
      for (; node % 2 === 0; last = half(last)) node = half(node);
    } else hash2 = nodeHash(sha256, hash2, sibling);
    node = half(node);
    last = half(last);
  }
  return last === 0 && equal(hash1, root1) && equal(hash2, root2);
}

const half = (value: number): number => Math.floor(value / 2);
const isSize = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const isHash = (bytes: Uint8Array): boolean => bytes.byteLength === HASH_BYTES;

/** Width of a hash tile (C2SP tlog-tiles): each tile is a complete subtree of height 8. */
export const TILE_WIDTH = 256;

/** Hashes of the tile, 32 bytes each: all that the tree in question has of it, or more. */
export type TileReader = (level: number, index: number) => Uint8Array;

/** RFC 6962 §2.1.1: siblings of leaf `index` in the tree of `size` leaves, from the leaf up. */
export function inclusionProof(sha256: Hash, index: number, size: number, read: TileReader): Uint8Array[] {
  if (!isSize(index) || !isSize(size) || index >= size) throw outOfTree();
  return inclusionRanges(index, size).map((range) => rangeHash(sha256, range, read));
}

/** RFC 6962 §2.1.2: what shows that the tree of `size2` leaves extends that of `size1`; empty where they are equal. */
export function consistencyProof(sha256: Hash, size1: number, size2: number, read: TileReader): Uint8Array[] {
  if (!isSize(size1) || !isSize(size2) || size1 === 0 || size1 > size2) throw outOfTree();
  return consistencyRanges(size1, size2).map((range) => rangeHash(sha256, range, read));
}

/** Leaves from `start` up to, not including, `end`: a node of the tree. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** Path(m, D[n]) of RFC 6962 §2.1.1, as the leaves that each sibling covers. */
function inclusionRanges(index: number, size: number): Range[] {
  const ranges: Range[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + largestPowerBelow(end - start);
    const isLeft = index < middle;
    ranges.unshift(isLeft ? { start: middle, end } : { start, end: middle });
    if (isLeft) end = middle;
    else start = middle;
  }
  return ranges;
}

/** SubProof(m, D[n], true) of RFC 6962 §2.1.2, as the leaves that each node covers. */
function consistencyRanges(size1: number, size2: number): Range[] {
  const ranges: Range[] = [];
  let start = 0;
  let end = size2;
  while (end !== size1) {
    const middle = start + largestPowerBelow(end - start);
    const isLeft = size1 <= middle;
    ranges.unshift(isLeft ? { start: middle, end } : { start, end: middle });
    if (isLeft) end = middle;
    else start = middle;
  }
  // A first tree that is one complete subtree is known to the verifier already.
  return start === 0 ? ranges : [{ start, end }, ...ranges];
}

function rangeHash(sha256: Hash, { start, end }: Range, read: TileReader): Uint8Array {
  const width = largestPowerBelow(end - start);
  const isComplete = width * 2 === end - start || end - start === 1;
  if (isComplete) return completeHash(sha256, start, end - start, read);
  const left = completeHash(sha256, start, width, read);
  return nodeHash(sha256, left, rangeHash(sha256, { start: start + width, end }, read));
}

/** Root of the complete subtree over `width` (a power of two) leaves: it lies inside one tile. */
function completeHash(sha256: Hash, start: number, width: number, read: TileReader): Uint8Array {
  let level = 0;
  let first = start;
  let count = width;
  for (; count >= TILE_WIDTH; count /= TILE_WIDTH) {
    level++;
    first /= TILE_WIDTH;
  }
  const from = first % TILE_WIDTH;
  const hashes = read(level, Math.floor(first / TILE_WIDTH));
  if (hashes.byteLength < (from + count) * HASH_BYTES) {
    throw new KernelError("tile_invalid", `tile ${level}/${Math.floor(first / TILE_WIDTH)} has too few hashes`);
  }
  return subtreeRoot(sha256, hashes, from, count);
}

/** Root of the complete subtree over `count` (a power of two) of a tile's hashes, beginning with hash `from`. */
export function subtreeRoot(sha256: Hash, hashes: Uint8Array, from: number, count: number): Uint8Array {
  if (count === 1) return hashes.slice(from * HASH_BYTES, (from + 1) * HASH_BYTES);
  const middle = count / 2;
  const left = subtreeRoot(sha256, hashes, from, middle);
  return nodeHash(sha256, left, subtreeRoot(sha256, hashes, from + middle, middle));
}

/** The largest power of two smaller than `value`, which is at least 2; of 1 it is 1. */
function largestPowerBelow(value: number): number {
  let power = 1;
  while (power * 2 < value) power *= 2;
  return power;
}

function outOfTree(): KernelError {
  return new KernelError("out_of_range", "the index or size is not in the tree");
}

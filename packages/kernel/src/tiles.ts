import type { Hash } from "./crypto.ts";
import { KernelError } from "./errors.ts";
import { Frontier } from "./frontier.ts";
import { HASH_BYTES, subtreeRoot, TILE_WIDTH, type TileReader } from "./merkle.ts";

const TILE_BYTES = TILE_WIDTH * HASH_BYTES;
const TILE_HEIGHT = 8;

/** A tile of hashes: 256 of them, or fewer (`width`) at the right edge of the tree. */
export interface TileCoordinate {
  readonly level: number;
  readonly index: number;
  readonly width: number;
}

export interface Tile {
  readonly level: number;
  readonly index: number;
  /** 32 bytes for each hash. */
  readonly hashes: Uint8Array;
}

/** What a tree is rebuilt from: by level, the hashes of its partial tile (empty where the last tile is full). */
export interface TreeState {
  readonly size: number;
  readonly partial: readonly Uint8Array[];
}

/** The tiles that are not full yet, with at least one hash, lowest level first. */
export function partialTilesOf(size: number): TileCoordinate[] {
  const tiles: TileCoordinate[] = [];
  for (let level = 0, nodes = size; nodes > 0; level++, nodes = Math.floor(nodes / TILE_WIDTH)) {
    const width = nodes % TILE_WIDTH;
    if (width > 0) tiles.push({ level, index: Math.floor(nodes / TILE_WIDTH), width });
  }
  return tiles;
}

/** Every tile of the tree of `size` leaves that the tree of `since` leaves has not, or has narrower. */
export function* tilesOf(size: number, since = 0): Generator<TileCoordinate> {
  let before = since;
  for (let level = 0, nodes = size; nodes > 0; level++, nodes = Math.floor(nodes / TILE_WIDTH)) {
    for (let index = Math.floor(before / TILE_WIDTH); index * TILE_WIDTH < nodes; index++) {
      const width = Math.min(TILE_WIDTH, nodes - index * TILE_WIDTH);
      if (index * TILE_WIDTH + width > before) yield { level, index, width };
    }
    before = Math.floor(before / TILE_WIDTH);
  }
}

/** An RFC 6962 tree that is appended to: knows its root, and gives each tile away when it is full. */
export class Tree {
  readonly #sha256: Hash;
  readonly #frontier: Frontier;
  /** By level: buffer of the partial tile. A full one is handed out and a new one begun. */
  readonly #buffers: Uint8Array[];
  #completed: Tile[] = [];

  constructor(sha256: Hash, partial: readonly Uint8Array[], frontier: Frontier) {
    this.#sha256 = sha256;
    this.#buffers = partial.map(bufferOf);
    this.#frontier = frontier;
  }

  /** A tree that goes on by itself, for what may have to be given up. Full tiles that were not taken stay with this one. */
  copy(): Tree {
    return new Tree(this.#sha256, this.#buffers, this.#frontier.copy());
  }

  get size(): number {
    return this.#frontier.size;
  }

  /** Root of the tree as it stands. */
  root(): Uint8Array {
    return this.#frontier.root();
  }

  append(leaf: Uint8Array): void {
    const { size } = this.#frontier;
    let nodes = size;
    this.#frontier.append(leaf, (height, hash) => {
      if (height % TILE_HEIGHT !== 0) return;
      this.#place(height / TILE_HEIGHT, nodes, hash);
      nodes = Math.floor(nodes / TILE_WIDTH);
    });
  }

  /** `nodes`: how many hashes the level held before this one. */
  #place(level: number, nodes: number, hash: Uint8Array): void {
    const buffer = (this.#buffers[level] ??= new Uint8Array(TILE_BYTES));
    const at = nodes % TILE_WIDTH;
    buffer.set(hash, at * HASH_BYTES);
    if (at < TILE_WIDTH - 1) return;
    this.#completed.push({ level, index: Math.floor(nodes / TILE_WIDTH), hashes: buffer });
    this.#buffers[level] = new Uint8Array(TILE_BYTES);
  }

  /** Full tiles since the last call, in the order in which they filled. */
  takeCompletedTiles(): Tile[] {
    const completed = this.#completed;
    this.#completed = [];
    return completed;
  }

  /** The tiles that are not full yet: copies, to be stored beside the full ones. */
  partialTiles(): Tile[] {
    return partialTilesOf(this.size).map(({ level, index, width }) => ({
      level,
      index,
      hashes: this.#buffers[level]!.slice(0, width * HASH_BYTES),
    }));
  }
}

/** A tree to append to: empty, or as `state` left it. */
export function createTree(sha256: Hash, state: TreeState = { size: 0, partial: [] }): Tree {
  return new Tree(sha256, state.partial, frontierOf(sha256, state.size, state.partial));
}

/** The tree of `size` leaves from its stored tiles; `read` is asked for the partial ones only. */
export function loadTree(sha256: Hash, size: number, read: TileReader): Tree {
  const partial: Uint8Array[] = [];
  for (const { level, index, width } of partialTilesOf(size)) {
    for (let lower = partial.length; lower < level; lower++) partial.push(new Uint8Array(0));
    partial[level] = read(level, index).subarray(0, width * HASH_BYTES);
  }
  return createTree(sha256, { size, partial });
}

function bufferOf(partial: Uint8Array): Uint8Array {
  const buffer = new Uint8Array(TILE_BYTES);
  buffer.set(partial);
  return buffer;
}

/** Each one bit of a partial tile's width is a complete subtree inside it. */
function frontierOf(sha256: Hash, size: number, partial: readonly Uint8Array[]): Frontier {
  const nodes: Uint8Array[] = [];
  for (const { level, width } of partialTilesOf(size)) {
    const hashes = partial[level];
    if (hashes?.byteLength !== width * HASH_BYTES) {
      throw new KernelError("tile_invalid", `the partial tile of level ${level} must have ${width} hashes`);
    }
    for (let height = TILE_HEIGHT - 1, from = 0; height >= 0; height--) {
      const count = 2 ** height;
      if ((width & count) === 0) continue;
      nodes[level * TILE_HEIGHT + height] = subtreeRoot(sha256, hashes, from, count);
      from += count;
    }
  }
  return new Frontier(sha256, size, nodes);
}

export { encodeEntryBundle, parseEntryBundle } from "./entry-bundle.ts";
export { bundlePath, tilePath } from "./tile-path.ts";

import type { Hash } from "./crypto.ts";
import { emptyRoot, nodeHash } from "./merkle.ts";

/**
 * Right edge of an RFC 6962 tree: for each one bit of the size, the root of the complete subtree it stands for. One
 * leaf costs one node hash on average, the root at most 53.
 */
export class Frontier {
  readonly #sha256: Hash;
  #size = 0;
  /** By height. Entries above a zero bit of the size are left over and never read. */
  #nodes: Uint8Array[];

  constructor(sha256: Hash, size = 0, nodes: readonly Uint8Array[] = []) {
    this.#sha256 = sha256;
    this.#size = size;
    this.#nodes = [...nodes];
  }

  get size(): number {
    return this.#size;
  }

  /** Appends a leaf; `onNode` hears of each complete subtree that ends with it, from the leaf up. */
  append(leaf: Uint8Array, onNode?: (height: number, hash: Uint8Array) => void): void {
    let node = leaf;
    let height = 0;
    onNode?.(height, node);
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      node = nodeHash(this.#sha256, this.#nodes[height]!, node);
      height++;
      onNode?.(height, node);
    }
    this.#nodes[height] = node;
    this.#size++;
  }

  root(): Uint8Array {
    let root: Uint8Array | undefined;
    for (let height = 0, rest = this.#size; rest > 0; height++, rest = Math.floor(rest / 2)) {
      if (rest % 2 === 0) continue;
      const node = this.#nodes[height]!;
      root = root === undefined ? node : nodeHash(this.#sha256, node, root);
    }
    return root ?? emptyRoot(this.#sha256);
  }

  copy(): Frontier {
    return new Frontier(this.#sha256, this.#size, this.#nodes);
  }
}

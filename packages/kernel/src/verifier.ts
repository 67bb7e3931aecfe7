import { equal, fromHex, toHex } from "./bytes.ts";
import type { Hash } from "./crypto.ts";
import { type EntryFields, entryHash, genesis, parseEntry } from "./entry.ts";
import { KernelError } from "./errors.ts";
import { Frontier } from "./frontier.ts";
import type { Head } from "./head.ts";
import { leafHash } from "./merkle.ts";

/** What a verified ledger must come to at a size; the signature over it has been checked already. */
export interface Anchor {
  readonly size: number;
  readonly root: Uint8Array;
  /** BLAKE3 of entry `size - 1`, where the anchor tells. */
  readonly chain?: Uint8Array;
}

/** Where a verification goes on that was begun elsewhere. */
export interface VerifiedPrefix {
  /** Right edge of the tree over the entries before. */
  readonly frontier: Frontier;
  readonly chain: Uint8Array;
  /** Of the last entry before, or empty. */
  readonly time: string;
}

export type BadEntryReason =
  | "not_canonical"
  | "wrong_seq"
  | "broken_chain"
  | "time_went_back"
  | "root_mismatch"
  | "chain_mismatch"
  | "missing";

export interface BadEntry {
  readonly ok: false;
  readonly seq: number;
  readonly reason: BadEntryReason;
}

export type Verified = {
  readonly ok: true;
  readonly size: number;
  readonly root: Uint8Array;
  readonly chain: Uint8Array;
};

export interface VerifierPrimitives {
  readonly sha256: Hash;
  readonly blake3: Hash;
}

/** What a head says of its ledger. */
export function anchorOfHead({ size, root, chain }: Head): Anchor {
  return { size, root: fromHex(root), chain: fromHex(chain) };
}

/**
 * Follows a ledger entry by entry, from the exact bytes and nothing else. It stops at the first entry that is not as
 * it must be: canonical, in sequence, chained to the one before, not earlier than it, and at the size of an anchor
 * under the anchor's root.
 */
export class LedgerVerifier {
  readonly #with: VerifierPrimitives;
  readonly #frontier: Frontier;
  /** By size; those reached already are taken from the front. */
  readonly #anchors: Anchor[];
  #chain: Uint8Array;
  #time: string;
  #bad: BadEntry | undefined;

  constructor(primitives: VerifierPrimitives, origin: string, anchors: readonly Anchor[], after?: VerifiedPrefix) {
    this.#with = primitives;
    this.#frontier = after?.frontier.copy() ?? new Frontier(primitives.sha256);
    this.#chain = after?.chain ?? genesis(primitives.blake3, origin);
    this.#time = after?.time ?? "";
    this.#anchors = anchors.toSorted((left, right) => left.size - right.size);
    if (this.#isPast(this.#anchors[0])) {
      throw new KernelError("out_of_range", "an anchor lies before the first entry that is verified");
    }
    this.#bad = this.#checkAnchors();
  }

  /** Takes the next entry's bytes; undefined as long as all is well. */
  push(bytes: Uint8Array): BadEntry | undefined {
    this.#bad ??= this.#check(bytes) ?? this.#integrate(bytes);
    return this.#bad;
  }

  /** The verdict over all entries that were pushed; every anchor must have been reached. */
  finish(): Verified | BadEntry {
    if (this.#bad !== undefined) return this.#bad;
    const { size } = this.#frontier;
    if (this.#anchors.length > 0) return this.#badNext("missing");
    return { ok: true, size, root: this.#frontier.root(), chain: this.#chain };
  }

  #check(bytes: Uint8Array): BadEntry | undefined {
    const fields = fieldsOf(bytes);
    if (fields === undefined) return this.#badNext("not_canonical");
    if (fields.seq !== this.#frontier.size) return this.#badNext("wrong_seq");
    if (fields.prev !== toHex(this.#chain)) return this.#badNext("broken_chain");
    if (fields.time < this.#time) return this.#badNext("time_went_back");
    this.#time = fields.time;
    return undefined;
  }

  #integrate(bytes: Uint8Array): BadEntry | undefined {
    this.#chain = entryHash(this.#with.blake3, bytes);
    this.#frontier.append(leafHash(this.#with.sha256, bytes));
    return this.#checkAnchors();
  }

  /** An anchor that does not hold is blamed on the last entry under it. */
  #checkAnchors(): BadEntry | undefined {
    const { size } = this.#frontier;
    for (let anchor = this.#anchors[0]; anchor?.size === size; anchor = this.#anchors[0]) {
      const seq = Math.max(0, size - 1);
      if (!equal(anchor.root, this.#frontier.root())) return { ok: false, seq, reason: "root_mismatch" };
      if (anchor.chain && !equal(anchor.chain, this.#chain)) return { ok: false, seq, reason: "chain_mismatch" };
      this.#anchors.shift();
    }
    return undefined;
  }

  #isPast(anchor: Anchor | undefined): boolean {
    return anchor !== undefined && anchor.size < this.#frontier.size;
  }

  #badNext(reason: BadEntryReason): BadEntry {
    return { ok: false, seq: this.#frontier.size, reason };
  }
}

function fieldsOf(bytes: Uint8Array): EntryFields | undefined {
  try {
    return parseEntry(bytes);
  } catch {
    return undefined;
  }
}

import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import type { Operations } from "@holdfast/contract/types";
import { signCheckpoint } from "@holdfast/kernel/checkpoint";
import { toHex } from "@holdfast/kernel/bytes";
import type { Signer } from "@holdfast/kernel/crypto";
import { encodeEntry, entryHash, genesis } from "@holdfast/kernel/entry";
import { leafHash } from "@holdfast/kernel/merkle";
import { printVerifierKey, verifierKeyOf } from "@holdfast/kernel/note";
import { createTree, encodeEntryBundle } from "@holdfast/kernel/tiles";
import { type Scene, type Staged, stage } from "../../context.fixture.ts";
import { blake3, sha256 } from "./primitives.ts";

const id = (letter: string) => letter.repeat(26);
const origin = `holdfast/log/${id("a")}`;

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const rawPublicKey = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
const signer: Signer = { publicKey: rawPublicKey, sign: (message) => sign(null, message, privateKey) };

export const verifierKey = printVerifierKey(verifierKeyOf(sha256, origin, rawPublicKey));

export interface Ledger {
  readonly entries: Uint8Array[];
  /** The signed note over the first `size` entries. */
  readonly checkpoint: (size?: number) => string;
}

/** A ledger of `size` made-up entries. */
export function ledgerOf(size: number): Ledger {
  const entries: Uint8Array[] = [];
  let prev = genesis(blake3, origin);
  for (let seq = 0; seq < size; seq += 1) {
    const commitment = createHmac("sha256", "salt").update(String(seq)).digest("hex");
    const time = new Date(1_780_000_000_000 + seq).toISOString();
    const ids = { tenant: `tn_${id("e")}`, actor: `ac_${id("i")}`, resource: `secret:nd_${id("m")}@1` };
    const outcome = "ok" as const;
    const entry = encodeEntry({
      v: 1,
      seq,
      time,
      ...ids,
      action: "secret.read",
      outcome,
      reason: "",
      commitment,
      prev: toHex(prev),
    });
    entries.push(entry);
    prev = entryHash(blake3, entry);
  }
  return {
    entries,
    checkpoint: (at = size) => signCheckpoint(sha256, { origin, size: at, root: rootOf(entries, at) }, signer),
  };
}

function rootOf(entries: readonly Uint8Array[], size: number): Uint8Array {
  const tree = createTree(sha256);
  for (const entry of entries.slice(0, size)) tree.append(leafHash(sha256, entry));
  return tree.root();
}

/** A context whose server holds this ledger, published up to `size`. */
export function stageLedger({ entries, checkpoint }: Ledger, size = entries.length, scene: Scene = {}): Staged {
  return stage({
    answer: (name, input) => {
      if (name === "audit.checkpoint") return checkpoint(size);
      const { start, limit } = input as unknown as Operations["audit.export"]["input"];
      return encodeEntryBundle(entries.slice(start, start + limit));
    },
    confirm: () =>
      Promise.resolve({
        verifierKey,
        isFirst: true,
        head: { origin, size, chain: "", root: "", epoch: 0, signature: "" },
      }),
    ...scene,
  });
}

import { equalConstantTime, hmacSha512_256 } from "@holdfast/engine/crypto";
import { concat, utf8 } from "@holdfast/kernel/bytes";

/** What a batch tells other nodes: the numbers it took, and the footprint keys that it wrote. */
export interface Told {
  readonly firstSeq: number;
  readonly nextSeq: number;
  readonly writes: readonly string[];
}

const LABEL = utf8("holdfast/batch/1\0");

/** HMAC-SHA-512-256(state key, label ‖ JSON of numbers and keys): only a node can tell others what it wrote. */
export function feedMac(stateKey: Uint8Array, { firstSeq, nextSeq, writes }: Told): Uint8Array {
  return hmacSha512_256(stateKey, concat(LABEL, utf8(JSON.stringify([firstSeq, nextSeq, writes]))));
}

export const isToldByNode = (stateKey: Uint8Array, told: Told, mac: Uint8Array | null): boolean =>
  mac !== null && equalConstantTime(mac, feedMac(stateKey, told));

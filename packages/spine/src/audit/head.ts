import { type Context, type Input, type Plan, proveConsistency, Refusal } from "@holdfast/engine";
import { toHex } from "@holdfast/kernel/bytes";
import { printVerifierKey, verifierKeyOf } from "@holdfast/kernel/note";
import { sha256 } from "@holdfast/engine/crypto";
import type { Ledger } from "./ledger.ts";

/** The newest signed head, and that it extends the one the caller has seen. */
export function head(ledger: Ledger) {
  return async (_context: Context, input: Input): Promise<Plan> => {
    // As it is stored: other nodes may have answered for entries that this one has not heard of yet.
    const signed = (await ledger.reader.head()) ?? ledger.committer.head;
    const from = input.query["from"] as number | undefined;
    const checkpoint = ledger.committer.checkpoint?.note ?? "";
    if (from === undefined) return { output: { head: signed, checkpoint } };
    if (from > signed.size) throw new Refusal("not_found", `The ledger holds ${signed.size} entries.`);
    // An empty tree is the past of any: RFC 6962 has no proof of that, and none is needed.
    const consistency = from === 0 ? [] : await proveConsistency(ledger.reader, from, signed.size);
    return { output: { head: signed, checkpoint, consistency: consistency.map(toHex) } };
  };
}

/** A checkpoint over all that stands now: whoever asks wants to hold on to the present, not to five seconds ago. */
export function checkpoint({ committer }: Ledger) {
  return async (): Promise<Plan> => {
    const note = (await committer.checkpointNow())?.note;
    if (note === undefined) throw new Refusal("not_found", "No checkpoint has been issued yet.");
    return { output: undefined, binary: { mediaType: "text/plain; charset=utf-8", bytes: Buffer.from(note) } };
  };
}

export function key({ origin, publicKey }: Ledger) {
  const verifierKey = printVerifierKey(verifierKeyOf(sha256, origin, publicKey));
  return (): Plan => ({ output: { origin, verifierKey } });
}

import { type Context, type Input, type Plan, proveEntry, Refusal } from "@holdfast/engine";
import { fromUtf8 } from "@holdfast/kernel/bytes";
import { parseEntry } from "@holdfast/kernel/entry";
import { type Ledger, visibleTenant } from "./ledger.ts";

export function prove(ledger: Ledger) {
  return async (context: Context, input: Input): Promise<Plan> => {
    const seq = input.params["seq"] as number;
    const bytes = await ledger.reader.entry(seq);
    const tenant = await visibleTenant(ledger, context);
    // An entry of another tenant and one that does not exist answer alike.
    if (bytes === undefined || (tenant !== undefined && parseEntry(bytes).tenant !== tenant)) {
      throw new Refusal("not_found", "There is no such entry.");
    }
    const proof = (await proveEntry(ledger.reader, seq)) ?? (await proveByNewCheckpoint(ledger, seq));
    if (proof === undefined) {
      throw new Refusal("busy", "No checkpoint covers this entry yet.", { retryAfterSeconds: 1 });
    }
    return { output: { seq, proof, entry: fromUtf8(bytes) }, facts: { seq } };
  };
}

/** Whoever asks for a proof of a fresh entry need not wait for the checkpoint that is due in a few seconds. */
async function proveByNewCheckpoint(ledger: Ledger, seq: number) {
  await ledger.committer.checkpointNow();
  return proveEntry(ledger.reader, seq);
}

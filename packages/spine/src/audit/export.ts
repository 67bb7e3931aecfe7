import { type Context, exportEntries, type Input, type Plan } from "@holdfast/engine";
import type { Ledger } from "./ledger.ts";

/** A range of entries, exactly as stored, in the framing of C2SP tlog-tiles entry bundles. */
export function exportRange(ledger: Ledger) {
  return async (_context: Context, input: Input): Promise<Plan> => {
    const [start, limit] = [input.query["start"] as number, input.query["limit"] as number];
    const bytes = await exportEntries(ledger.reader, start, limit);
    return { output: undefined, binary: { mediaType: "application/octet-stream", bytes }, facts: { start, limit } };
  };
}

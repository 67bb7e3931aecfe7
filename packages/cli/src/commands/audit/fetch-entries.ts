import { TILE_WIDTH } from "@holdfast/kernel/merkle";
import { parseEntryBundle } from "@holdfast/kernel/tiles";
import type { Context } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { Failure } from "../../failure.ts";

/** A piece of the largest entries stays below what the client takes in one answer. */
const bundlesPerPiece = 4;

/** Entries 0 to `size`, in pieces of whole bundles. */
export async function* fetchEntries({ call }: Pick<Context, "call">, size: number): AsyncGenerator<Uint8Array[]> {
  for (let start = 0; start < size; ) {
    const limit = Math.min(bundlesPerPiece * TILE_WIDTH, size - start);
    const entries = parseEntryBundle(await call("audit.export", { start, limit }));
    if (entries.length !== limit) {
      throw new Failure(exitCodes.failed, `the server gave ${entries.length} of ${limit} entries from ${start} on`);
    }
    yield entries;
    start += limit;
  }
}

import { fromHex } from "@holdfast/kernel/bytes";
import type { EntryFields } from "@holdfast/kernel/entry";
import { StorageFault } from "../committer/storage-fault.ts";

/** A payload, or why there is none: its key was destroyed (erasure, retention), or it is not what was sealed. */
export type OpenedPayload =
  | { readonly ok: true; readonly payload: Uint8Array }
  | { readonly ok: false; readonly reason: "key_missing" | "damaged" };

/** Opens a sealed payload and checks it against the commitment that stands in its entry. */
export type PayloadOpener = (sealed: Uint8Array, commitment: Uint8Array) => OpenedPayload | Promise<OpenedPayload>;

/** A key whose row was changed opens nothing; the row itself is named where all rows are read. */
export async function openStoredPayload(
  open: PayloadOpener,
  payload: Uint8Array | null,
  entry: EntryFields,
): Promise<OpenedPayload> {
  if (payload === null) return { ok: false, reason: "key_missing" };
  try {
    return await open(payload, fromHex(entry.commitment));
  } catch (cause) {
    if (cause instanceof StorageFault && cause.code === "state_tampered") return { ok: false, reason: "key_missing" };
    throw cause;
  }
}

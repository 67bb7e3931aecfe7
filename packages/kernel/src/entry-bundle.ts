import { readU16be } from "./bytes.ts";
import { KernelError } from "./errors.ts";

const MAX_ENTRY_BYTES = 0xffff;
const LENGTH_BYTES = 2;

/** C2SP tlog-tiles entry bundle: each entry after its length as a big-endian u16. */
export function encodeEntryBundle(entries: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const entry of entries) {
    if (entry.byteLength > MAX_ENTRY_BYTES) throw new KernelError("value_too_large", "an entry exceeds 65,535 bytes");
    length += LENGTH_BYTES + entry.byteLength;
  }
  const out = new Uint8Array(length);
  let at = 0;
  for (const entry of entries) {
    out[at] = entry.byteLength >> 8;
    out[at + 1] = entry.byteLength & 0xff;
    out.set(entry, at + LENGTH_BYTES);
    at += LENGTH_BYTES + entry.byteLength;
  }
  return out;
}

/** The entries of a bundle, as views of it; a bundle that ends inside an entry is refused. */
export function parseEntryBundle(bundle: Uint8Array): Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bundle.byteLength; ) {
    const start = at + LENGTH_BYTES;
    const end = start <= bundle.byteLength ? start + readU16be(bundle, at) : Number.POSITIVE_INFINITY;
    if (end > bundle.byteLength) throw new KernelError("tile_invalid", "the bundle ends inside an entry");
    entries.push(bundle.subarray(start, end));
    at = end;
  }
  return entries;
}

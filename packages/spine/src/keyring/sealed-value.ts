import { open, readSealedHeader, seal, type SealContext, type SuiteNumber } from "@holdfast/kernel/sealed-value";
import { hmacSha512_256, random, sha256, suites } from "@holdfast/engine/crypto";

export type Suite = SuiteNumber;

const primitives = { suites, hmacSha512_256, sha256, random };

/** The kernel's sealed value (docs/formats/sealed-value.md) with this server's primitives. */
export function sealWith(
  suite: Suite,
  id: Uint8Array,
  key: Uint8Array,
  context: SealContext,
  value: Uint8Array,
): Uint8Array {
  return seal(primitives, suite, { id, key }, context, value);
}

/** The value, or undefined: who asks has a row that says it must open, so the reason makes no difference to it. */
export function openWith(key: Uint8Array, context: SealContext, sealed: Uint8Array): Uint8Array | undefined {
  const opened = open(primitives, key, context, sealed);
  return opened.ok ? opened.value : undefined;
}

/** Id of the DEK, not yet authenticated; undefined when the bytes are no sealed value. */
export function dekIdOf(sealed: Uint8Array): Uint8Array | undefined {
  return readSealedHeader(sealed)?.dekId;
}

import type { PayloadOpener } from "@holdfast/engine";
import { hmacSha256 } from "@holdfast/engine/crypto";
import { equal } from "@holdfast/kernel/bytes";

const SALT_BYTES = 32;

/** Opens what the fixture of the committer has "sealed": salt and payload, one behind the other. */
export function createPayloadOpener(): Promise<PayloadOpener> {
  return Promise.resolve((sealed, commitment) => {
    const payload = sealed.subarray(SALT_BYTES);
    const isWhole = equal(hmacSha256(sealed.subarray(0, SALT_BYTES), payload), commitment);
    return isWhole ? { ok: true, payload } : { ok: false, reason: "damaged" };
  });
}

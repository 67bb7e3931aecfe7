import { concat, fromBase64url, fromUtf8, toBase64url, utf8 } from "@holdfast/kernel/bytes";
import { random, suites } from "@holdfast/engine/crypto";
import { identityOf } from "./wrap.ts";

const aead = suites[1];

/**
 * Page cursors that say nothing: a bounded scan may have to stop at a path that its caller must not see (ATTACKS 11).
 * A cursor opens only in the scope it was made for.
 */
export interface Cursors {
  seal(scope: readonly string[], position: string): string;
  /** Undefined for anything that was not sealed here for this scope. */
  open(scope: readonly string[], cursor: string): string | undefined;
}

export function createCursors(key: Uint8Array): Cursors {
  return {
    seal(scope, position) {
      const nonce = random(aead.nonceBytes);
      return toBase64url(concat(nonce, aead.seal(key, nonce, utf8(position), identityOf("cursor", ...scope))));
    },
    open(scope, cursor) {
      const sealed = decoded(cursor);
      if (sealed === undefined) return undefined;
      const nonce = sealed.subarray(0, aead.nonceBytes);
      const position = aead.open(key, nonce, sealed.subarray(aead.nonceBytes), identityOf("cursor", ...scope));
      return position === undefined ? undefined : fromUtf8(position);
    },
  };
}

function decoded(cursor: string): Uint8Array | undefined {
  try {
    return fromBase64url(cursor);
  } catch {
    return undefined;
  }
}

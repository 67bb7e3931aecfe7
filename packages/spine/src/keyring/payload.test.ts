import { random, suites } from "@holdfast/engine/crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openPayload, payloadKeyIdOf, sealPayload } from "./payload.ts";

const key = random(32);
const keyId = random(16);
const hex = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString("hex");

describe("a sealed payload", () => {
  it("opens to what was sealed, and names its key", () => {
    const property = fc.property(fc.uint8Array(), (payload) => {
      const { sealed, commitment } = sealPayload(key, keyId, payload);
      expect(sealed.byteLength).toBe(16 + 24 + 32 + payload.byteLength + 16);
      expect(hex(payloadKeyIdOf(sealed))).toBe(hex(keyId));
      expect(hex(openPayload(key, sealed, commitment))).toBe(hex(payload));
    });
    fc.assert(property);
  });

  it("does not open with any bit changed, under another key, or beside another entry's commitment", () => {
    const { sealed, commitment } = sealPayload(key, keyId, Buffer.from("payload"));
    const property = fc.property(fc.nat(sealed.byteLength * 8 - 1), (bit) => {
      const changed = Buffer.from(sealed);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(openPayload(key, changed, commitment)).toBeUndefined();
    });
    fc.assert(property);
    expect(openPayload(random(32), sealed, commitment)).toBeUndefined();
    expect(openPayload(key, sealed, random(32))).toBeUndefined();
  });

  it("is refused when whoever holds the key commits to something else", () => {
    const [nonce, commitment] = [random(24), random(32)];
    const associatedData = Buffer.concat([Buffer.from("holdfast/payload/1\0"), keyId, commitment]);
    const ciphertext = suites[1].seal(key, nonce, Buffer.concat([random(32), Buffer.from("payload")]), associatedData);
    expect(openPayload(key, Buffer.concat([keyId, nonce, ciphertext]), commitment)).toBeUndefined();
  });

  it("gives the same payload another commitment each time, so that nobody can guess it", () => {
    const seal = () => hex(sealPayload(key, keyId, Buffer.from("payload")).commitment);
    expect(seal()).not.toBe(seal());
  });

  it("is refused when it is too short to be one", () => {
    expect(payloadKeyIdOf(new Uint8Array(87))).toBeUndefined();
  });
});

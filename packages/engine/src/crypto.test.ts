import { createHmac } from "node:crypto";
import { concat, fromHex, toHex, utf8 } from "@holdfast/kernel/bytes";
import type { Aead } from "@holdfast/kernel/crypto";
import { vectorJson, vectorsFolder } from "@holdfast/kernel/vectors.fixture";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  blake3,
  equalConstantTime,
  hmacSha256,
  hmacSha512_256,
  random,
  sha256,
  signerFromSeed,
  suites,
  verifySignature,
  wipe,
} from "./crypto.ts";

interface Wycheproof<Group, Test> {
  readonly testGroups: readonly (Group & { readonly tests: readonly (Test & Verdict)[] })[];
}

interface Verdict {
  readonly tcId: number;
  readonly result: "valid" | "invalid" | "acceptable";
}

/** Tests of the groups that apply, with their group, and the published verdict as a truth value. */
function wycheproof<Group, Test>(
  name: string,
  applies: (group: Group) => boolean,
): (Test & { readonly group: Group; readonly tcId: number; readonly isValid: boolean })[] {
  const { testGroups } = vectorJson<Wycheproof<Group, Test>>(`wycheproof/${name}_test.json`);
  return testGroups
    .filter(applies)
    .flatMap((group) => group.tests.map((one) => ({ ...one, group, isValid: one.result === "valid" })));
}

describe.skipIf(vectorsFolder === undefined)("published vectors", () => {
  describe("AEADs (Wycheproof)", () => {
    interface Group {
      readonly keySize: number;
      readonly ivSize: number;
      readonly tagSize: number;
    }
    type Test = Readonly<Record<"key" | "iv" | "aad" | "msg" | "ct" | "tag", string>>;
    const cases: [string, Aead, number][] = [
      ["xchacha20_poly1305", suites[1], 306],
      ["aes_gcm", suites[2], 66],
      ["chacha20_poly1305", suites[3], 316],
    ];

    test.each(cases)("%s seals and opens as published", (name, aead, count) => {
      const fits = ({ keySize, ivSize, tagSize }: Group): boolean =>
        keySize === aead.keyBytes * 8 && ivSize === aead.nonceBytes * 8 && tagSize === 128;
      const tests = wycheproof<Group, Test>(name, fits);
      expect(tests).toHaveLength(count);
      for (const { tcId, key, iv, aad, msg, ct, tag, isValid } of tests) {
        const [keyBytes, nonce, data] = [fromHex(key), fromHex(iv), fromHex(aad)];
        const opened = aead.open(keyBytes, nonce, fromHex(ct + tag), data);
        expect({ tcId, opened: opened && toHex(opened) }).toEqual({ tcId, opened: isValid ? msg : undefined });
        const sealed = toHex(aead.seal(keyBytes, nonce, fromHex(msg), data));
        expect({ tcId, isSame: sealed === ct + tag }).toEqual({ tcId, isSame: isValid });
      }
    });

    test("XChaCha20-Poly1305 of draft-irtf-cfrg-xchacha-03 A.3.1", () => {
      const { xchacha_draft03_a31: draft } = vectorJson<{
        xchacha_draft03_a31: Record<"key" | "nonce" | "aad" | "pt" | "ct" | "tag", string>;
      }>("rfc/rfc_vectors.json");
      const sealed = suites[1].seal(fromHex(draft.key), fromHex(draft.nonce), fromHex(draft.pt), fromHex(draft.aad));
      expect(toHex(sealed)).toBe(draft.ct + draft.tag);
    });
  });

  describe("HMAC (Wycheproof)", () => {
    interface Group {
      readonly keySize: number;
      readonly tagSize: number;
    }
    type Test = Readonly<Record<"key" | "msg" | "tag", string>>;

    test("HMAC-SHA-256, with keys of every length", () => {
      const tests = wycheproof<Group, Test>("hmac_sha256", () => true);
      expect(tests).toHaveLength(174);
      for (const { tcId, key, msg, tag, isValid } of tests) {
        const mac = toHex(hmacSha256(fromHex(key), fromHex(msg))).slice(0, tag.length);
        expect({ tcId, isSame: mac === tag }).toEqual({ tcId, isSame: isValid });
      }
    });

    test("HMAC-SHA-512-256 is HMAC-SHA-512 cut to 32 bytes", () => {
      const tests = wycheproof<Group, Test>(
        "hmac_sha512",
        ({ keySize, tagSize }) => keySize === 256 && tagSize === 512,
      );
      expect(tests).toHaveLength(3);
      for (const { key, msg, tag } of tests.filter(({ isValid }) => isValid)) {
        expect(toHex(hmacSha512_256(fromHex(key), fromHex(msg)))).toBe(tag.slice(0, 64));
      }
    });
  });

  describe("HKDF-SHA-256 out of this HMAC", () => {
    function hkdf(ikm: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array {
      const key = hmacSha256(salt, ikm);
      let block: Uint8Array = new Uint8Array(0);
      let out: Uint8Array = block;
      for (let counter = 1; out.byteLength < length; counter++) {
        block = hmacSha256(key, concat(block, info, Uint8Array.of(counter)));
        out = concat(out, block);
      }
      return out.subarray(0, length);
    }

    test("RFC 5869", () => {
      const { rfc5869 } = vectorJson<{ rfc5869: (Record<"ikm" | "salt" | "info" | "okm", string> & { L: number })[] }>(
        "rfc/rfc_vectors.json",
      );
      for (const { ikm, salt, info, okm, L } of rfc5869) {
        expect(toHex(hkdf(fromHex(ikm), fromHex(salt), fromHex(info), L))).toBe(okm);
      }
    });

    test("Wycheproof, lengths that HKDF has", () => {
      type Test = Readonly<Record<"ikm" | "salt" | "info" | "okm", string>> & { readonly size: number };
      const tests = wycheproof<object, Test>("hkdf_sha256", () => true).filter(({ isValid }) => isValid);
      expect(tests.length).toBeGreaterThan(80);
      for (const { tcId, ikm, salt, info, okm, size } of tests) {
        const key = toHex(hkdf(fromHex(ikm), fromHex(salt), fromHex(info), size));
        expect({ tcId, isSame: key === okm }).toEqual({ tcId, isSame: true });
      }
    });
  });

  describe("Ed25519", () => {
    test("RFC 8032: keys and signatures", () => {
      const { rfc8032 } = vectorJson<{ rfc8032: Record<"seed" | "pub" | "msg" | "sig", string>[] }>(
        "rfc/rfc_vectors.json",
      );
      for (const { seed, pub, msg, sig } of rfc8032) {
        const signer = signerFromSeed(fromHex(seed));
        expect(toHex(signer.publicKey)).toBe(pub);
        expect(toHex(signer.sign(fromHex(msg)))).toBe(sig);
        expect(verifySignature(signer.publicKey, fromHex(msg), fromHex(sig))).toBe(true);
      }
    });

    test("Wycheproof: what verifies and what must not", () => {
      const tests = wycheproof<{ publicKey: { pk: string } }, Record<"msg" | "sig", string>>("ed25519", () => true);
      expect(tests.length).toBeGreaterThan(140);
      for (const { tcId, msg, sig, isValid, group } of tests) {
        const verifies = verifySignature(fromHex(group.publicKey.pk), fromHex(msg), fromHex(sig));
        expect({ tcId, verifies }).toEqual({ tcId, verifies: isValid });
      }
    });
  });

  test("BLAKE3, unkeyed, the first 32 bytes", () => {
    const { cases } = vectorJson<{ cases: { input_len: number; hash: string }[] }>("blake3/test_vectors.json");
    expect(cases).toHaveLength(35);
    for (const { input_len, hash } of cases) {
      const input = Uint8Array.from({ length: input_len }, (_, index) => index % 251);
      expect(toHex(blake3(input))).toBe(hash.slice(0, 64));
    }
  });
});

const bytes = fc.uint8Array({ maxLength: 300 });
const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

describe("AEADs", () => {
  test.each([1, 2, 3] as const)("suite %i opens what it sealed, and nothing else", (number) => {
    const aead = suites[number];
    fc.assert(
      fc.property(
        exactly(aead.keyBytes),
        exactly(aead.nonceBytes),
        bytes,
        bytes,
        fc.nat(),
        (key, nonce, text, data, at) => {
          const sealed = aead.seal(key, nonce, text, data);
          expect(toHex(aead.open(key, nonce, sealed, data)!)).toBe(toHex(text));
          const changed = Uint8Array.from(sealed);
          changed[at % changed.byteLength]! ^= 1;
          expect(aead.open(key, nonce, changed, data)).toBe(undefined);
          expect(aead.open(key, nonce, sealed, concat(data, Uint8Array.of(0)))).toBe(undefined);
        },
      ),
    );
  });

  test.each([1, 2, 3] as const)("suite %i takes less than a tag for not valid", (number) => {
    const { keyBytes, nonceBytes, open } = suites[number];
    for (const length of [0, 15]) {
      const sealed = new Uint8Array(length);
      expect(open(new Uint8Array(keyBytes), new Uint8Array(nonceBytes), sealed, new Uint8Array(0))).toBe(undefined);
    }
  });
});

test("the fast HMAC is the one of node:crypto, keys longer than a block too", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), bytes, (key, data) => {
      expect(toHex(hmacSha256(key, data))).toBe(createHmac("sha256", key).update(data).digest("hex"));
    }),
  );
  fc.assert(
    fc.property(exactly(32), bytes, (key, data) => {
      const whole = createHmac("sha512", key).update(data).digest("hex");
      expect(toHex(hmacSha512_256(key, data))).toBe(whole.slice(0, 64));
    }),
  );
});

test("views of a larger buffer hash as what they show", () => {
  const view = utf8("....abc....").subarray(4, 7);
  expect(toHex(sha256(view))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(toHex(blake3(view))).toBe("6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85");
});

test("keys and signatures of a wrong length are not valid, instead of a fault", () => {
  const signer = signerFromSeed(new Uint8Array(32));
  const signature = signer.sign(utf8("a"));
  expect(verifySignature(signer.publicKey, utf8("a"), signature)).toBe(true);
  expect(verifySignature(signer.publicKey.subarray(1), utf8("a"), signature)).toBe(false);
  expect(verifySignature(signer.publicKey, utf8("a"), signature.subarray(1))).toBe(false);
});

test("random bytes never come twice, across every drawing of the pool and beyond its size", () => {
  const seen = new Set<string>();
  for (const length of [16, 24, 32, 56, 4000, 4096, 4097, 10_000]) {
    for (let count = 0; count < 100; count++) {
      const bytes = random(length);
      expect(bytes).toHaveLength(length);
      seen.add(toHex(bytes.subarray(0, 16)));
    }
  }
  expect(seen.size).toBe(800);
  expect(seen).not.toContain("0".repeat(32));
});

test("random bytes have the length asked for, and are others each time", () => {
  expect(random(0)).toHaveLength(0);
  expect(random(32)).toHaveLength(32);
  expect(toHex(random(32))).not.toBe(toHex(random(32)));
});

test("bytes are compared by value, of different length they differ", () => {
  expect(equalConstantTime(utf8("abc"), utf8("abc"))).toBe(true);
  expect(equalConstantTime(utf8("abc"), utf8("abd"))).toBe(false);
  expect(equalConstantTime(utf8("abc"), utf8("ab"))).toBe(false);
});

test("wiped bytes are zero, and those beside them are not", () => {
  const key = new Uint8Array(8).fill(7);
  wipe(key.subarray(2, 6));
  expect([...key]).toEqual([7, 7, 0, 0, 0, 0, 7, 7]);
});

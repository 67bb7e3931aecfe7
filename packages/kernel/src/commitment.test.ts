import { expect, test } from "vitest";
import { utf8 } from "./bytes.ts";
import { codeOf } from "./code-of.fixture.ts";
import { commit, verifyCommitment } from "./commitment.ts";
import { primitives } from "./primitives.fixture.ts";

const { hmacSha256 } = primitives;
const salt = new Uint8Array(32).fill(1);
const payload = utf8('{"path":"a/b"}');

test("a commitment holds for its payload and salt alone", () => {
  const commitment = commit(hmacSha256, salt, payload);
  expect(verifyCommitment(hmacSha256, commitment, salt, payload)).toBe(true);
  expect(verifyCommitment(hmacSha256, commitment, salt, utf8("{}"))).toBe(false);
  expect(verifyCommitment(hmacSha256, commitment, new Uint8Array(32), payload)).toBe(false);
  expect(verifyCommitment(hmacSha256, commitment.subarray(1), salt, payload)).toBe(false);
});

test("a salt of another length is refused: HMAC pads keys, so two of them could mean the same", () => {
  const short = salt.subarray(0, 31);
  expect(codeOf(() => commit(hmacSha256, short, payload))).toBe("key_invalid");
  const padded = new Uint8Array(33);
  padded.set(salt);
  const commitment = commit(hmacSha256, salt, payload);
  expect(hmacSha256(padded, payload)).toEqual(commitment);
  expect(verifyCommitment(hmacSha256, commitment, padded, payload)).toBe(false);
});

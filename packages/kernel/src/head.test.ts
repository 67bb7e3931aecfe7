import { describe, expect, test } from "vitest";
import { fromUtf8 } from "./bytes.ts";
import { codeOf } from "./code-of.fixture.ts";
import { type Head, headBytes, signHead, verifyHead } from "./head.ts";
import { origin } from "./ledger.fixture.ts";
import { otherSigner, primitives, signer } from "./primitives.fixture.ts";

const head: Head = { origin, size: 12, chain: "0a".repeat(32), root: "0b".repeat(32), epoch: 1 };
const { verify } = primitives;

test("the signed bytes are a label and canonical JSON", () => {
  expect(fromUtf8(headBytes(head))).toBe(
    `holdfast/head/1\n{"chain":"${head.chain}","epoch":1,"origin":"${origin}","root":"${head.root}","size":12}`,
  );
});

test("a signed head verifies with the log's key and for its origin alone", () => {
  const signed = signHead(signer, head);
  expect(verifyHead(verify, signer.publicKey, origin, signed)).toBe(true);
  expect(verifyHead(verify, otherSigner.publicKey, origin, signed)).toBe(false);
  expect(verifyHead(verify, signer.publicKey, `${origin}x`, signed)).toBe(false);
});

test("signing again replaces the signature and keeps nothing else", () => {
  const signed = signHead(signer, head);
  expect(signHead(signer, { ...signed, size: 13 })).toEqual(signHead(signer, { ...head, size: 13 }));
});

describe("a head that was changed does not verify", () => {
  const changes = [
    { size: 13 },
    { epoch: 2 },
    { chain: "0c".repeat(32) },
    { root: "0c".repeat(32) },
    { root: "0B".repeat(32) },
    { size: -1 },
    { size: 1.5 },
    { size: 2 ** 53 },
    { epoch: Number.NaN },
    { signature: "" },
    { signature: "A".repeat(88) },
    { signature: `${"A".repeat(86)}==` },
  ];
  test.each(changes)("%j", (change) => {
    const signed = { ...signHead(signer, head), ...change };
    expect(verifyHead(verify, signer.publicKey, origin, signed)).toBe(false);
  });
});

test("a head outside its grammar is not signed", () => {
  for (const change of [{ size: -1 }, { epoch: 0.5 }, { chain: "" }, { root: "zz".repeat(32) }]) {
    expect(codeOf(() => signHead(signer, { ...head, ...change }))).toBe("head_invalid");
  }
});

import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { signerFromSeed } from "@holdfast/engine/crypto";
import { expect, test } from "vitest";
import { fromHex, fromUtf8, toHex, utf8 } from "./bytes.ts";
import { openCheckpoint, signCheckpoint } from "./checkpoint.ts";
import { commit } from "./commitment.ts";
import { encodeEntry, entryHash, genesis, parseEntry } from "./entry.ts";
import { headBytes, type SignedHead, signHead, verifyHead } from "./head.ts";
import { newId, newLogOrigin } from "./id.ts";
import { leafHash } from "./merkle.ts";
import { parseVerifierKey, printVerifierKey, verifierKeyOf } from "./note.ts";
import { decodePathOnce } from "./paths.ts";
import { primitives } from "./primitives.fixture.ts";
import { printProof, verifyProof } from "./proof.ts";
import { open, type SealContext, type SuiteNumber, seal } from "./sealed-value.ts";

/** The worked example of a page of docs/formats: its one block of JSON. */
function example<T = Readonly<Record<string, string>>>(page: string): T {
  const text = readFileSync(join(import.meta.dirname, "../../../docs/formats", `${page}.md`), "utf8");
  const [, json] = /^```json\n([^]*?)\n```$/m.exec(text)!;
  return JSON.parse(json!) as T;
}

const { blake3, hmacSha256, sha256, verify } = primitives;

test("docs/formats/ids.md", () => {
  const { bytes, tenant, origin } = example("ids");
  expect(newId("tn", fromHex(bytes!))).toBe(tenant);
  expect(newLogOrigin(fromHex(bytes!))).toBe(origin);
});

test("docs/formats/paths.md", () => {
  const { accepted, refused } = example<Record<"accepted" | "refused", Record<string, string>>>("paths");
  for (const [raw, path] of Object.entries(accepted)) expect(decodePathOnce(raw)).toMatchObject({ ok: true, path });
  for (const [raw, reason] of Object.entries(refused)) expect(decodePathOnce(raw)).toEqual({ ok: false, reason });
});

test("docs/formats/sealed-value.md", () => {
  interface Example extends SealContext {
    readonly suite: SuiteNumber;
  }
  const of = example<
    Example & Record<"dekId" | "dek" | "salt" | "value" | "context" | "key" | "commitment" | "sealed", string>
  >("sealed-value");
  const fixed = { ...primitives, random: () => fromHex(of.salt) };
  const dek = { id: fromHex(of.dekId), key: fromHex(of.dek) };
  expect(toHex(seal(fixed, of.suite, dek, of, utf8(of.value)))).toBe(of.sealed);
  expect(open(primitives, dek.key, of, fromHex(of.sealed)).ok).toBe(true);

  // As the page says it, without the kernel.
  const derive = (label: number): string =>
    createHmac("sha512", dek.key)
      .update("holdfast/seal/1\0")
      .update(Uint8Array.of(label))
      .update(createHash("sha256").update(fromHex(of.context)).digest())
      .digest("hex")
      .slice(0, 64);
  expect([derive(1), derive(2)]).toEqual([of.key, of.commitment]);
  const header = `4846010001${of.dekId}${of.salt}`;
  expect(of.context.startsWith(header)).toBe(true);
  expect(of.sealed.startsWith(header + of.commitment)).toBe(true);
  const body = fromHex(of.sealed.slice(header.length + 64));
  const opened = primitives.suites[1].open(
    fromHex(of.key),
    new Uint8Array(24),
    body,
    fromHex(of.context + of.commitment),
  );
  expect(fromUtf8(opened!)).toBe(of.value);
});

test("docs/formats/entry.md", () => {
  const of = example<Record<"origin" | "salt" | "payload" | "genesis" | "entry" | "chain" | "leaf", string>>("entry");
  const bytes = utf8(of.entry);
  const fields = parseEntry(bytes);
  expect(fromUtf8(encodeEntry(fields))).toBe(of.entry);
  expect(fields.prev).toBe(of.genesis);
  expect(toHex(genesis(blake3, of.origin))).toBe(of.genesis);
  expect(toHex(commit(hmacSha256, fromHex(of.salt), utf8(of.payload)))).toBe(fields.commitment);
  expect(toHex(entryHash(blake3, bytes))).toBe(of.chain);
  expect(toHex(leafHash(sha256, bytes))).toBe(of.leaf);
});

test("docs/formats/head.md", () => {
  const { seed, publicKey, signedBytes, head } = example<
    Record<"seed" | "publicKey" | "signedBytes", string> & { head: SignedHead }
  >("head");
  const signer = signerFromSeed(fromHex(seed));
  expect(toHex(signer.publicKey)).toBe(publicKey);
  expect(fromUtf8(headBytes(head))).toBe(signedBytes);
  expect(signHead(signer, head)).toEqual(head);
  expect(verifyHead(verify, signer.publicKey, head.origin, head)).toBe(true);
  const { chain, leaf, origin } = example("entry");
  expect(head).toMatchObject({ chain, root: leaf, origin });
});

test("docs/formats/checkpoint.md", () => {
  const of = example<Record<"seed" | "verifierKey" | "checkpoint" | "proof", string>>("checkpoint");
  const { origin, root } = example<{ head: SignedHead }>("head").head;
  const signer = signerFromSeed(fromHex(of.seed));
  expect(printVerifierKey(verifierKeyOf(sha256, origin, signer.publicKey))).toBe(of.verifierKey);
  expect(signCheckpoint(sha256, { origin, size: 1, root: fromHex(root) }, signer)).toBe(of.checkpoint);
  expect(printProof({ index: 0, hashes: [], checkpoint: of.checkpoint })).toBe(of.proof);
  const key = parseVerifierKey(sha256, of.verifierKey);
  expect(toHex(openCheckpoint(of.checkpoint, key, verify).root)).toBe(root);
  const entry = utf8(example("entry")["entry"]!);
  expect(verifyProof(primitives, of.proof, entry, key)).toMatchObject({ index: 0, checkpoint: { origin, size: 1 } });
});

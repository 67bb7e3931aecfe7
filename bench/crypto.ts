/** What cryptography and formats cost on the hot path, one call at a time on one thread. */
import { blake3, random, sha256, signerFromSeed } from "@holdfast/engine/crypto";
import type { Table } from "@holdfast/engine";
import { encodeEntry, entryHash, parseEntry } from "@holdfast/kernel/entry";
import { signHead } from "@holdfast/kernel/head";
import { newId } from "@holdfast/kernel/id";
import { leafHash } from "@holdfast/kernel/merkle";
import { openPayload, sealPayload } from "../packages/spine/src/keyring/payload.ts";
import { openWith, sealWith } from "../packages/spine/src/keyring/sealed-value.ts";
import { hashChange, macOf } from "../packages/engine/src/committer/row.ts";
import type { Bench } from "./measure/bench.ts";
import { measureMicro, type MicroCase } from "./measure/micro.ts";
import type { Section } from "./report/figure.ts";

const valueBytes = 100;
/** What the payload of a read comes to. */
const payloadBytes = 260;
const suiteNames = { 1: "XChaCha20-Poly1305", 2: "AES-256-GCM", 3: "ChaCha20-Poly1305" } as const;

export async function run({ isQuick }: Bench): Promise<Section> {
  const cases = [...([1, 2, 3] as const).flatMap(sealedValueCases), ...payloadCases(), ...ledgerCases(), ...rowCases()];
  const effort = isQuick ? { rounds: 3, millisecondsPerRound: 20 } : { rounds: 9, millisecondsPerRound: 100 };
  return {
    title: "Cryptography and formats",
    method: "One call at a time on one thread; values of 100 bytes, DEK at hand.",
    figures: await measureMicro(cases, effort),
  };
}

function sealedValueCases(suite: 1 | 2 | 3): readonly MicroCase[] {
  const [id, key, value] = [random(16), random(32), random(valueBytes)];
  const context = {
    purpose: "value",
    tenant: newId("tn", random(16)),
    path: "applications/shop/config/db-password",
    version: 3,
    kind: "secret",
    contentType: "application/json",
  };
  const sealed = sealWith(suite, id, key, context, value);
  // The goals are the design's, for the default suite.
  const goals = suite === 1 ? ([{ goal: { atMost: 15 } }, { goal: { atMost: 7 } }] as const) : [{}, {}];
  return [
    { name: `seal a value, ${suiteNames[suite]}`, run: () => sealWith(suite, id, key, context, value), ...goals[0] },
    { name: `open a value, ${suiteNames[suite]}`, run: () => openWith(key, context, sealed), ...goals[1] },
  ];
}

function payloadCases(): readonly MicroCase[] {
  const [id, key, payload] = [random(16), random(32), random(payloadBytes)];
  const { sealed, commitment } = sealPayload(key, id, payload);
  return [
    { name: `seal an entry's payload of ${payloadBytes} bytes`, run: () => sealPayload(key, id, payload) },
    { name: `open an entry's payload of ${payloadBytes} bytes`, run: () => openPayload(key, sealed, commitment) },
  ];
}

function ledgerCases(): readonly MicroCase[] {
  const hex = "0123456789abcdef".repeat(4);
  const fields = {
    v: 1,
    seq: 123_456,
    time: "2026-01-02T03:04:05.678Z",
    tenant: newId("tn", random(16)),
    actor: newId("ac", random(16)),
    action: "secret.read",
    resource: `secret:${newId("nd", random(16))}@3`,
    outcome: "ok",
    reason: "",
    commitment: hex,
    prev: hex,
  } as const;
  const bytes = encodeEntry(fields);
  const signer = signerFromSeed(random(32));
  const head = { origin: "holdfast/log/abcdefghijklmnopqrstuvwxyz", size: 123_456, chain: hex, root: hex, epoch: 1 };
  return [
    { name: "encode an entry", run: () => encodeEntry(fields) },
    { name: "parse an entry, strictly", run: () => parseEntry(bytes) },
    { name: "chain and leaf hash of an entry", run: () => [entryHash(blake3, bytes), leafHash(sha256, bytes)] },
    { name: "sign a head (once a batch)", run: () => signHead(signer, head) },
  ];
}

function rowCases(): readonly MicroCase[] {
  const table: Table = {
    name: "bench",
    columns: { tenant: "text", path: "text", version: "integer", sealed: "blob" },
    key: ["tenant", "path"],
  };
  const row = { tenant: newId("tn", random(16)), path: "applications/shop/config/x", version: 3, sealed: random(250) };
  const [key, hash] = [random(32), random(32)];
  return [
    { name: "hash a row", run: () => hashChange({ put: table, row, expect: 2 }) },
    { name: "MAC of a row", run: () => macOf(key, table, hash, 123_456) },
  ];
}

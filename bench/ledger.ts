/** The ledger alone: appending by batch size, verifying, and proving one entry out of many. */
import { join } from "node:path";
import { blake3, random, sha256 } from "@holdfast/engine/crypto";
import { newId, newLogOrigin } from "@holdfast/kernel/id";
import { anchorOfHead, LedgerVerifier } from "@holdfast/kernel/verifier";
import { createCommitter, type GroupCommitter } from "../packages/engine/src/sqlite/committer.ts";
import { openReadConnection } from "../packages/engine/src/sqlite/connection.ts";
import { SqliteLedgerReader } from "../packages/engine/src/sqlite/ledger-reader.ts";
import { proveEntry } from "../packages/engine/src/ledger/prove.ts";
import type { LedgerReader } from "../packages/engine/src/ledger/ledger-reader.ts";
import type { Submission } from "../packages/engine/src/submission.ts";
import type { Bench } from "./measure/bench.ts";
import { interleave } from "./measure/interleave.ts";
import { median, percentile } from "./measure/statistics.ts";
import type { Figure, Section } from "./report/figure.ts";
import { filledFolder, largestLedger } from "./server/filled-folder.ts";

const batchSizes = [1, 8, 64, 256] as const;
/** What the sealed payload of a read comes to. */
const sealedBytes = 350;
const pageEntries = 4_096;

export async function run(bench: Bench): Promise<Section> {
  const appends = await measureAppends(bench);
  const { database } = await filledFolder(bench, largestLedger(bench));
  return {
    title: "Ledger",
    method:
      "Entries without changes through the committer in process: durable, with chain, tree, filters and signed head. " +
      "Verifying and proving read the database of the largest ledger.",
    figures: [...appends, ...(await measureReads(database, bench))],
  };
}

async function measureAppends({ folder, isQuick }: Bench): Promise<readonly Figure[]> {
  const committer = await createCommitter({
    path: join(folder, "appends.db"),
    tables: [],
    origin: newLogOrigin(random(16)),
    signingSeed: random(32),
    stateKey: random(32),
  });
  const [rounds, milliseconds] = isQuick ? [3, 200] : [5, 1_000];
  await appendsPerSecond(committer, 64, milliseconds);
  const rates = await interleave(batchSizes, rounds, (size) => appendsPerSecond(committer, size, milliseconds));
  await committer.close();
  return batchSizes.map((size) => {
    const all = rates.get(size) ?? [];
    const spread = all.toSorted((a, b) => a - b).map(Math.round);
    const detail = `${spread[0]} to ${spread.at(-1)}; ${Math.round(median(all) / size)} batches a second`;
    return { name: `append, batches of ${size}`, value: median(all), unit: "entries/s", detail };
  });
}

async function appendsPerSecond(committer: GroupCommitter, size: number, milliseconds: number): Promise<number> {
  const submission = submissionOf();
  const startedAt = performance.now();
  let appended = 0;
  while (performance.now() - startedAt < milliseconds) {
    const batch = Array.from({ length: size }, () => committer.submit({ ...submission, seen: committer.position }));
    await Promise.all(batch);
    appended += size;
  }
  return appended / ((performance.now() - startedAt) / 1000);
}

function submissionOf(): Submission {
  const [tenant, actor, node] = [newId("tn", random(16)), newId("ac", random(16)), newId("nd", random(16))];
  const resource = `secret:${node}@3`;
  return {
    entry: { tenant, actor, action: "secret.read", resource, outcome: "ok", reason: "" },
    payload: { commitment: random(32), sealed: random(sealedBytes) },
    changes: [],
    reads: [`credential:${actor}`, `policy:${tenant}`, `path:${tenant}/${node}`, `dek:${node}`],
    writes: [],
    seen: 0,
  };
}

async function measureReads(path: string, { isQuick }: Bench): Promise<readonly Figure[]> {
  const database = openReadConnection(path);
  const reader = new SqliteLedgerReader(database);
  const rates: number[] = [];
  for (let round = isQuick ? 1 : 3; round > 0; round--) rates.push(await verifiedPerSecond(reader));
  const proofs = await proofMilliseconds(reader, isQuick ? 1_000 : 5_000);
  const at = `at ${(await reader.size()).toLocaleString("en")} entries`;
  database.close();
  return [
    { name: `verify ${at}`, value: median(rates), unit: "entries/s", detail: "from disk, in order, on one thread" },
    { name: `proof ${at}, median`, value: percentile(proofs, 0.5), unit: "ms", goal: { atMost: 1 } },
    { name: `proof ${at}, p99`, value: percentile(proofs, 0.99), unit: "ms", goal: { atMost: 1 } },
  ];
}

/** As `audit verify` does: canonical form, sequence, chain, time, and the head at the end. */
async function verifiedPerSecond(reader: LedgerReader): Promise<number> {
  const head = await reader.head();
  if (head === undefined) throw new Error("the ledger has no head");
  const startedAt = performance.now();
  const verifier = new LedgerVerifier({ sha256, blake3 }, head.origin, [anchorOfHead(head)]);
  for (let start = 0; start < head.size; start += pageEntries) {
    const entries = await reader.entries(start, Math.min(head.size, start + pageEntries));
    for (const { bytes } of entries) verifier.push(bytes);
  }
  if (!verifier.finish().ok) throw new Error("the ledger that was filled does not verify");
  return head.size / ((performance.now() - startedAt) / 1000);
}

/** Entries all over the ledger, and every tenth among the newest, whose lowest tile is not stored yet. */
async function proofMilliseconds(reader: LedgerReader, count: number): Promise<readonly number[]> {
  const [newest] = await reader.checkpoints(1);
  const size = newest?.size ?? 0;
  const milliseconds: number[] = [];
  for (let index = 0; index < count; index++) {
    const seq = index % 10 === 0 ? size - 1 - (index % 200) : (index * 7_919 * 31) % size;
    const startedAt = performance.now();
    if ((await proveEntry(reader, seq)) === undefined) throw new Error(`entry ${seq} has no proof`);
    milliseconds.push(performance.now() - startedAt);
  }
  return milliseconds;
}

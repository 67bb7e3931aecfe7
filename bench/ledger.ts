/** The ledger alone: appending by batch size, verifying, and proving one entry out of many. */
import { join } from "node:path";
import { blake3, random, sha256 } from "@holdfast/engine/crypto";
import { newId, newLogOrigin } from "@holdfast/kernel/id";
import { anchorOfHead, LedgerVerifier } from "@holdfast/kernel/verifier";
import { createCommitter, type GroupCommitter } from "../packages/engine/src/sqlite/committer.ts";
import { openReadConnection } from "../packages/engine/src/sqlite/connection.ts";
import { LedgerStore } from "../packages/engine/src/sqlite/ledger-store.ts";
import { proveEntry } from "../packages/engine/src/ledger/prove.ts";
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
    figures: [...appends, ...measureReads(database, bench)],
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

function measureReads(path: string, { isQuick }: Bench): readonly Figure[] {
  const database = openReadConnection(path);
  const store = new LedgerStore(database);
  const rounds = isQuick ? 1 : 3;
  const rates = Array.from({ length: rounds }, () => verifiedPerSecond(store));
  const proofs = proofMilliseconds(store, isQuick ? 1_000 : 5_000);
  const at = `at ${store.size().toLocaleString("en")} entries`;
  database.close();
  return [
    { name: `verify ${at}`, value: median(rates), unit: "entries/s", detail: "from disk, in order, on one thread" },
    { name: `proof ${at}, median`, value: percentile(proofs, 0.5), unit: "ms", goal: { atMost: 1 } },
    { name: `proof ${at}, p99`, value: percentile(proofs, 0.99), unit: "ms", goal: { atMost: 1 } },
  ];
}

/** As `audit verify` does: canonical form, sequence, chain, time, and the head at the end. */
function verifiedPerSecond(store: LedgerStore): number {
  const head = store.head();
  if (head === undefined) throw new Error("the ledger has no head");
  const startedAt = performance.now();
  const verifier = new LedgerVerifier({ sha256, blake3 }, head.origin, [anchorOfHead(head)]);
  for (let start = 0; start < head.size; start += pageEntries) {
    for (const { bytes } of store.entries(start, Math.min(head.size, start + pageEntries))) verifier.push(bytes);
  }
  if (!verifier.finish().ok) throw new Error("the ledger that was filled does not verify");
  return head.size / ((performance.now() - startedAt) / 1000);
}

/** Entries all over the ledger, and every tenth among the newest, whose lowest tile is not stored yet. */
function proofMilliseconds(store: LedgerStore, count: number): readonly number[] {
  const size = store.checkpoint()?.size ?? 0;
  return Array.from({ length: count }, (_, index) => {
    const seq = index % 10 === 0 ? size - 1 - (index % 200) : (index * 7_919 * 31) % size;
    const startedAt = performance.now();
    if (proveEntry(store, seq) === undefined) throw new Error(`entry ${seq} has no proof`);
    return performance.now() - startedAt;
  });
}

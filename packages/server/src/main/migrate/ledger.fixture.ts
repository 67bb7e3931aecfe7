import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Change, createCommitter, hashChange, payloadBytes, type Submission, type Table } from "@holdfast/engine";
import { hmacSha256, random } from "@holdfast/engine/crypto";
import { onTestFinished } from "vitest";

/** Made up here; ids follow the grammar of the entry format. */
const ORIGIN = "holdfast/log/abcdefghijklmnopqrstuvwxya";

const things: Table = {
  name: "things",
  columns: { kind: "text", id: "blob", size: "integer?", note: "text?", sealed: "blob?" },
  key: ["kind", "id"],
  indexes: [["kind"]],
};

const empty: Table = { name: "empty", columns: { id: "text" }, key: ["id"] };

export const TABLES: readonly Table[] = [things, empty];

/** A folder that is gone when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-migrate-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Adds entries to the ledger in this database, each with a row of its own, and makes the database when there is none. */
export async function grow(path: string, entries: number, over: { origin?: string; note?: string } = {}) {
  const committer = await createCommitter({
    path,
    tables: TABLES,
    origin: over.origin ?? ORIGIN,
    signingSeed: new Uint8Array(32).fill(1),
    stateKey: new Uint8Array(32).fill(2),
  });
  const added = Array.from({ length: entries }, () => committer.submit(submission([newThing(over.note ?? null)])));
  await Promise.all(added);
  await committer.checkpointNow();
  await committer.close();
}

const kinds = ["a", "é", "\u{1f600}", "~", ""];

function newThing(note: string | null): Change {
  const id = random(16);
  const kind = kinds[id[0]! % kinds.length]!;
  return { put: things, row: { kind, id, size: null, note, sealed: random(id[1]!) }, expect: 0 };
}

function submission(changes: readonly Change[]): Submission {
  const hashed = changes.map((change) => ({ change, hash: hashChange(change) }));
  const payload = payloadBytes({ op: "test", from: "", node: "n" }, hashed);
  const salt = random(32);
  return {
    entry: {
      tenant: `tn_${"b".repeat(25)}a`,
      actor: `ac_${"c".repeat(25)}a`,
      action: "secret.put",
      resource: `secret:nd_${"d".repeat(25)}a@7`,
      outcome: "ok",
      reason: "",
    },
    payload: { commitment: hmacSha256(salt, payload), sealed: Buffer.concat([salt, payload]) },
    changes: hashed,
    reads: [],
    writes: [],
    seen: 0,
  };
}

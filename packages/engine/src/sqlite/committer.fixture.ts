import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hmacSha256, random, signerFromSeed } from "../crypto.ts";
import { payloadBytes } from "../gate/payload.ts";
import type { OpenedPayload } from "../ledger/open-payload.ts";
import type { EntryDraft, Submission } from "../submission.ts";
import type { Change, Row, Table } from "../table.ts";
import type { WriterSubmission } from "../committer/pack-batch.ts";
import { hashChange } from "../committer/row.ts";
import type { WriterOptions } from "./writer.ts";

/** Origin: made up here; ids follow the grammar of the entry format. */
export const ORIGIN = "holdfast/log/abcdefghijklmnopqrstuvwxya";
export const SIGNING_SEED = new Uint8Array(32).fill(1);
export const STATE_KEY = new Uint8Array(32).fill(2);
export const PUBLIC_KEY = signerFromSeed(SIGNING_SEED).publicKey;

export const grants: Table = {
  name: "grants",
  columns: { tenant: "text", actor: "text", uses: "integer?", seal: "blob?" },
  key: ["tenant", "actor"],
  indexes: [["actor"]],
};

export const keys: Table = { name: "keys", columns: { id: "blob", label: "text" }, key: ["id"] };

export const TABLES: readonly Table[] = [grants, keys];

/** A folder that is gone when the test ends. */
export function temporaryFolder(onTestFinished: (clean: () => void) => void): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-committer-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function writerOptions(path: string, over: Partial<WriterOptions> = {}): WriterOptions {
  return {
    path,
    tables: TABLES,
    signingSeed: SIGNING_SEED,
    stateKey: STATE_KEY,
    origin: ORIGIN,
    known: [],
    mustExist: false,
    recordEntries: true,
    ...over,
  };
}

const DRAFT: EntryDraft = {
  tenant: `tn_${"b".repeat(25)}a`,
  actor: `ac_${"c".repeat(25)}a`,
  action: "secret.read",
  resource: "secret",
  outcome: "ok",
  reason: "",
};

export const grant = (actor: string, expect: number, row: Row = {}): Change => ({
  put: grants,
  row: { tenant: "t", actor, ...row },
  expect,
});

export const ungrant = (actor: string, expect: number): Change => ({
  delete: grants,
  key: { tenant: "t", actor },
  expect,
});

interface Draft extends Partial<EntryDraft> {
  readonly changes?: readonly Change[];
  readonly reads?: readonly string[];
  readonly writes?: readonly string[];
  readonly seen?: number;
}

/** A submission whose payload is "sealed" by nothing: salt ‖ payload, which `openPlain` opens. */
export function submission({ changes = [], reads = [], writes = [], seen = 0, ...entry }: Draft = {}): Submission {
  const hashed = changes.map((change) => ({ change, hash: hashChange(change) }));
  const payload = payloadBytes({ op: "test", from: "", node: "n" }, hashed);
  const salt = random(32);
  const commitment = hmacSha256(salt, payload);
  return {
    entry: { ...DRAFT, ...entry },
    payload: { commitment, sealed: Buffer.concat([salt, payload]) },
    changes: hashed,
    reads,
    writes,
    seen,
  };
}

export function openPlain(sealed: Uint8Array, commitment: Uint8Array): OpenedPayload {
  if (sealed.byteLength < 32) return { ok: false, reason: "key_missing" };
  const payload = sealed.subarray(32);
  const holds = Buffer.from(commitment).equals(hmacSha256(sealed.subarray(0, 32), payload));
  return holds ? { ok: true, payload } : { ok: false, reason: "damaged" };
}

/** The same as the writer takes it. */
export function forWriter(draft: Draft = {}, unless: readonly number[] = []): WriterSubmission {
  const { entry, payload, changes } = submission(draft);
  const { commitment, sealed } = payload;
  return { entry, commitment, sealed, changes, unless, after: [], reads: [], writes: [], seen: 0 };
}

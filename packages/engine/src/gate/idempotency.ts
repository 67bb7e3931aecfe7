import { fromUtf8, utf8 } from "@holdfast/kernel/bytes";
import { canonicalJson } from "@holdfast/kernel/canonical-json";
import type { Mac } from "@holdfast/kernel/crypto";
import { parseJson } from "@holdfast/kernel/json";
import { equalConstantTime } from "../crypto.ts";
import { Refusal } from "../errors.ts";
import { dutyDefinition } from "../duty.ts";
import type { Context, Input, Operation, Plan, Reads, StoredRow } from "../operation.ts";
import type { Table } from "../table.ts";

/** Answers of mutations by Idempotency-Key, for a day; sealed, because an answer names what was acted on. */
export const idempotencyTable: Table = {
  name: "idempotency",
  columns: { id: "blob", fingerprint: "blob", answer: "blob?", expires_at: "integer" },
  key: ["id"],
  indexes: [["expires_at"]],
};

const LIFE_MS = 86_400_000;
/** As the contract's Idempotency-Key header says: long enough that nobody uses another's by chance. */
const KEY = /^[A-Za-z0-9._-]{16,128}$/;

/** Keys and sealing, handed in by the server. */
export interface IdempotencyKeys {
  readonly mac: Mac;
  readonly macKey: Uint8Array;
  seal(id: Uint8Array, plaintext: Uint8Array): Uint8Array;
  /** Undefined when the bytes do not hold. */
  open(id: Uint8Array, sealed: Uint8Array): Uint8Array | undefined;
}

interface StoredAnswer {
  readonly output: unknown;
  readonly status?: number;
  readonly etag?: number;
  readonly resource?: string;
}

/**
 * Runs a mutation at most once for each key, actor, tenant and operation (draft-ietf-httpapi-idempotency-key-header).
 * A replay has been authorized like any call and leaves its own entry; another request under the same key is refused.
 */
export async function runOnce(
  keys: IdempotencyKeys,
  key: string,
  context: Context,
  input: Input,
  run: () => Plan | Promise<Plan>,
): Promise<Plan> {
  if (!KEY.test(key))
    throw new Refusal(
      "invalid_input",
      "The Idempotency-Key must be 16 to 128 letters, digits, dots, dashes or underscores.",
    );
  const id = idOf(keys, key, context);
  const fingerprint = keys.mac(keys.macKey, utf8(`input\0${printed(input)}`));
  context.reads.touch(footprintOf(id));
  const stored = await context.reads.row(idempotencyTable, { id });
  if (stored !== undefined && (stored.row["expires_at"] as number) > context.now) {
    return replay(keys, id, fingerprint, stored);
  }
  const plan = await run();
  return { ...plan, ...remembered(keys, id, fingerprint, context, plan, stored?.rev ?? 0) };
}

const footprintOf = (id: Uint8Array): string => `idempotency:${Buffer.from(id).toString("base64")}`;

function idOf(keys: IdempotencyKeys, key: string, context: Context): Uint8Array {
  const parts = [context.principal.actor, context.tenant, context.operation.name, key];
  return keys.mac(keys.macKey, utf8(`key\0${canonicalJson(parts)}`));
}

/** Numbers that keep their own spelling print as themselves, so equal requests have equal fingerprints. */
const printed = (input: Input): string => JSON.stringify([input.params, input.query, input.body, input.precondition]);

function replay(keys: IdempotencyKeys, id: Uint8Array, fingerprint: Uint8Array, { row }: StoredRow): Plan {
  if (!equalConstantTime(row["fingerprint"] as Uint8Array, fingerprint)) {
    throw new Refusal("idempotency_mismatch", "This Idempotency-Key was used for a different request.");
  }
  const answer = row["answer"] === null ? undefined : keys.open(id, row["answer"] as Uint8Array);
  if (answer === undefined) {
    throw new Refusal("conflict", "This request was carried out before, and its answer is shown only once.");
  }
  // Numbers come back as they were spelled.
  return { ...(parseJson(fromUtf8(answer)) as unknown as StoredAnswer), facts: { isReplay: true } };
}

function remembered(
  keys: IdempotencyKeys,
  id: Uint8Array,
  fingerprint: Uint8Array,
  context: Context,
  plan: Plan,
  expect: number,
): Pick<Plan, "changes" | "writes"> {
  const { output, status, etag, resource } = plan;
  // An answer that holds a credential is shown once and not kept, not even sealed.
  const isKept = !(typeof output === "object" && output !== null && "token" in output);
  const answer = isKept ? keys.seal(id, utf8(JSON.stringify({ output, status, etag, resource }))) : null;
  const row = { id, fingerprint, answer, expires_at: context.now + LIFE_MS };
  return {
    changes: [...(plan.changes ?? []), { put: idempotencyTable, row, expect }],
    writes: [...(plan.writes ?? []), footprintOf(id)],
  };
}

const EXPIRED = "SELECT * FROM idempotency WHERE expires_at <= ? LIMIT ?";
const MAX_REMOVED = 500;

export async function isIdempotencySweepDue(reads: Reads, now: number): Promise<boolean> {
  return (await reads.rows(idempotencyTable, EXPIRED, [now, 1])).length > 0;
}

/** `idempotency.sweep`: forgets answers whose day is over. */
export const idempotencySweep: Operation = {
  definition: dutyDefinition("idempotency.sweep", "idempotency"),
  async run({ reads, now }: Context): Promise<Plan> {
    const rows = await reads.rows(idempotencyTable, EXPIRED, [now, MAX_REMOVED]);
    return {
      output: { removed: rows.length, isDone: rows.length < MAX_REMOVED },
      changes: rows.map(({ row, rev }) => ({
        delete: idempotencyTable,
        key: { id: row["id"] as Uint8Array },
        expect: rev,
      })),
      writes: rows.map(({ row }) => footprintOf(row["id"] as Uint8Array)),
    };
  },
};

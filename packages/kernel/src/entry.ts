import { concat, fromUtf8, utf8 } from "./bytes.ts";
import type { Hash } from "./crypto.ts";
import { KernelError } from "./errors.ts";

export const MAX_ENTRY_BYTES = 65_535;
const GENESIS_LABEL = "holdfast/ledger/1\0";

export const outcomes = ["ok", "denied", "failed", "conflict"] as const;

/** A ledger entry. It names nobody: ids are random, a reason is a code (docs/formats/entry.md). */
export interface EntryFields {
  readonly v: 1;
  /** Index of the entry's leaf. */
  readonly seq: number;
  /** RFC 3339, UTC, milliseconds. */
  readonly time: string;
  readonly tenant: string;
  readonly actor: string;
  /** Name of the operation. */
  readonly action: string;
  /** `kind`, `kind:id` or `kind:id@version`. */
  readonly resource: string;
  readonly outcome: (typeof outcomes)[number];
  /** Code of a refusal, or empty. */
  readonly reason: string;
  /** Hexadecimal HMAC-SHA-256 of the payload. */
  readonly commitment: string;
  /** Hexadecimal BLAKE3 of the previous entry's bytes, or the genesis. */
  readonly prev: string;
}

// Written out, because a counted repetition takes twice as long to match.
const RANDOM_NAME = `${"[a-z2-7]".repeat(25)}[aeimquy4]`;
const HASH = "[0-9a-f]".repeat(64);
const MONTH_AND_DAY = "(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-9])|(?:0[13-9]|1[0-2])-30|(?:0[13578]|1[02])-31)";

/** Grammar of each field. None admits a quote, a backslash or a control character: nothing is ever escaped. */
const grammar = {
  action: "[a-z][a-z0-9.-]{0,63}",
  actor: `ac_${RANDOM_NAME}`,
  commitment: HASH,
  outcome: outcomes.join("|"),
  prev: HASH,
  reason: "[a-z0-9_]{0,64}",
  resource: `[a-z][a-z0-9-]{0,31}(?::[a-z]{2}_${RANDOM_NAME})?(?:@[1-9][0-9]{0,15})?`,
  seq: "0|[1-9][0-9]{0,15}",
  tenant: `tn_${RANDOM_NAME}`,
  time: `[0-9]{4}-${MONTH_AND_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\\.[0-9]{3}Z`,
};

type Field = keyof typeof grammar;

/**
 * The whole entry. It has as many quotes as its fixed parts, so that no value can smuggle in a member: whatever
 * matches was written by exactly these fields.
 */
const ENTRY = new RegExp(
  `^\\{"action":"${group("action")}","actor":"${group("actor")}","commitment":"${group("commitment")}",` +
    `"outcome":"${group("outcome")}","prev":"${group("prev")}","reason":"${group("reason")}",` +
    `"resource":"${group("resource")}","seq":${group("seq")},"tenant":"${group("tenant")}",` +
    `"time":"${group("time")}","v":1\\}$`,
);

function group(field: Field): string {
  return `(?<${field}>${grammar[field]})`;
}

/** The entry's bytes: RFC 8785 canonical JSON. A field outside its grammar is refused. */
export function encodeEntry(fields: EntryFields): Uint8Array<ArrayBuffer> {
  const { action, actor, commitment, outcome, prev, reason, resource, seq, tenant, time } = fields;
  const text =
    `{"action":"${action}","actor":"${actor}","commitment":"${commitment}","outcome":"${outcome}","prev":"${prev}",` +
    `"reason":"${reason}","resource":"${resource}","seq":${seq},"tenant":"${tenant}","time":"${time}","v":${fields.v}}`;
  if (!ENTRY.test(text) || !isInRange(seq, time)) throw refusal(fields);
  return utf8(text);
}

/** The fields of an entry's bytes; anything but the exact bytes that `encodeEntry` writes is refused. */
export function parseEntry(bytes: Uint8Array): EntryFields {
  if (bytes.byteLength > MAX_ENTRY_BYTES) throw new KernelError("entry_invalid", "the entry exceeds 65,535 bytes");
  const groups = ENTRY.exec(fromUtf8(bytes))?.groups as Record<Field, string> | undefined;
  if (groups === undefined) throw new KernelError("entry_invalid", "the bytes are not a canonical entry");
  const fields = { v: 1, ...groups, seq: Number(groups.seq) } as EntryFields;
  if (!isInRange(fields.seq, fields.time)) throw refusal(fields);
  return fields;
}

/** What `prev` of the first entry holds: BLAKE3 of a label and the log's origin. */
export function genesis(blake3: Hash, origin: string): Uint8Array {
  return blake3(concat(utf8(GENESIS_LABEL), utf8(origin)));
}

/** What `prev` of the next entry holds, so that `b3sum` can follow the chain. */
export function entryHash(blake3: Hash, bytes: Uint8Array): Uint8Array {
  return blake3(bytes);
}

/** What the grammar cannot say: 2^53 - 1, and leap days. */
function isInRange(seq: number, time: string): boolean {
  return Number.isSafeInteger(seq) && (!time.startsWith("02-29", 5) || isLeap(Number(time.slice(0, 4))));
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function refusal(fields: EntryFields): KernelError {
  const wrong = (Object.keys(grammar) as Field[]).find(
    (field) => !new RegExp(`^(?:${grammar[field]})$`).test(String(fields[field])),
  );
  return new KernelError("entry_invalid", `the entry's ${wrong ?? "seq, time or v"} is not in its grammar`);
}

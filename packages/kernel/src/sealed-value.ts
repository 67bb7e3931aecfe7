import { concat, equal, u64be, utf8 } from "./bytes.ts";
import type { Hash, Mac, Random, Suites } from "./crypto.ts";
import { KernelError } from "./errors.ts";

/** One piece is held in memory as a whole. */
export const MAX_VALUE_BYTES = 16 * 1024 * 1024;

const MAGIC = [0x48, 0x46, 1] as const;
const DEK_ID_BYTES = 16;
const SALT_BYTES = 32;
const COMMITMENT_BYTES = 32;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const SUITE_AT = 3;
const DEK_ID_AT = 5;
const SALT_AT = DEK_ID_AT + DEK_ID_BYTES;
const HEADER_BYTES = SALT_AT + SALT_BYTES;
const BODY_AT = HEADER_BYTES + COMMITMENT_BYTES;
const LABEL = utf8("holdfast/seal/1\0");
const DERIVE_KEY = 1;
const DERIVE_COMMITMENT = 2;
const LENGTH_BYTES = 4;
const HASH_BYTES = 32;
/** A path of 512 bytes and names of a few hundred fit many times. */
const MAX_CONTEXT_BYTES = 4096;
const ZEROS = new Uint8Array(24);

export interface SealPrimitives {
  readonly suites: Suites;
  readonly hmacSha512_256: Mac;
  readonly sha256: Hash;
}

/** What a value belongs to: moved anywhere else, it does not open (ATTACKS 29). */
export interface SealContext {
  readonly purpose: string;
  readonly tenant: string;
  readonly path: string;
  readonly version: bigint | number;
  readonly kind: string;
  readonly contentType: string;
}

export interface Dek {
  /** 16 random bytes. */
  readonly id: Uint8Array;
  /** 32 random bytes. */
  readonly key: Uint8Array;
}

export type SuiteNumber = 1 | 2 | 3;

export interface SealedHeader {
  readonly suite: SuiteNumber;
  readonly dekId: Uint8Array;
}

export type Opened =
  | { readonly ok: true; readonly value: Uint8Array }
  | { readonly ok: false; readonly reason: "malformed" | "wrong_key_or_context" | "damaged" };

/** Seals a value for its context, version 1 of the format (docs/formats/sealed-value.md). */
export function seal(
  primitives: SealPrimitives & { readonly random: Random },
  suite: SuiteNumber,
  dek: Dek,
  context: SealContext,
  value: Uint8Array,
): Uint8Array<ArrayBuffer> {
  if (value.byteLength > MAX_VALUE_BYTES) throw new KernelError("value_too_large", "the value exceeds 16 MiB");
  if (dek.id.byteLength !== DEK_ID_BYTES) throw new KernelError("key_invalid", "a DEK's id has 16 bytes");
  const header = headerOf(suite, dek.id, primitives.random(SALT_BYTES));
  const bound = bind(primitives, dek.key, header, context);
  const aead = primitives.suites[suite];
  // Each salt gives a key of its own, so that the nonce may be zero.
  const body = aead.seal(bound.key, ZEROS.subarray(0, aead.nonceBytes), value, bound.associatedData);
  bound.key.fill(0);
  return concat(header, bound.commitment, body);
}

/** Opens a sealed value; one of another key or context, or changed in any bit, does not open. */
export function open(primitives: SealPrimitives, dekKey: Uint8Array, context: SealContext, sealed: Uint8Array): Opened {
  const header = readSealedHeader(sealed);
  if (header === undefined) return { ok: false, reason: "malformed" };
  const bound = bind(primitives, dekKey, sealed.subarray(0, HEADER_BYTES), context);
  // These AEADs do not commit to their key, so this comes before opening.
  if (!equal(bound.commitment, sealed.subarray(HEADER_BYTES, BODY_AT))) {
    bound.key.fill(0);
    return { ok: false, reason: "wrong_key_or_context" };
  }
  const aead = primitives.suites[header.suite];
  const nonce = ZEROS.subarray(0, aead.nonceBytes);
  const value = aead.open(bound.key, nonce, sealed.subarray(BODY_AT), bound.associatedData);
  bound.key.fill(0);
  return value === undefined ? { ok: false, reason: "damaged" } : { ok: true, value };
}

/** Suite and DEK id of a sealed value, not yet authenticated; undefined for anything else. */
export function readSealedHeader(sealed: Uint8Array): SealedHeader | undefined {
  const length = sealed.byteLength;
  if (length < BODY_AT + TAG_BYTES || length > BODY_AT + MAX_VALUE_BYTES + TAG_BYTES) return undefined;
  if (MAGIC.some((byte, at) => sealed[at] !== byte)) return undefined;
  const suite = sealed[SUITE_AT]! * 256 + sealed[SUITE_AT + 1]!;
  if (suite !== 1 && suite !== 2 && suite !== 3) return undefined;
  return { suite, dekId: sealed.subarray(DEK_ID_AT, SALT_AT) };
}

function headerOf(suite: SuiteNumber, dekId: Uint8Array, salt: Uint8Array): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(HEADER_BYTES);
  header.set([...MAGIC, 0, suite]);
  header.set(dekId, DEK_ID_AT);
  header.set(salt, SALT_AT);
  return header;
}

interface Bound {
  readonly key: Uint8Array;
  readonly commitment: Uint8Array;
  /** View of `scratch`: good until the next value is bound. */
  readonly associatedData: Uint8Array;
}

/**
 * What is derived from and authenticated is put together in these: allocations would cost as much as the cryptography.
 * The primitives are synchronous and keep nothing, so that no two uses meet; nothing in them is secret.
 */
const scratch = new Uint8Array(MAX_CONTEXT_BYTES + COMMITMENT_BYTES);
const derivation = concat(LABEL, new Uint8Array(1 + HASH_BYTES));

function bind(
  { hmacSha512_256, sha256 }: SealPrimitives,
  dekKey: Uint8Array,
  header: Uint8Array,
  of: SealContext,
): Bound {
  if (dekKey.byteLength !== KEY_BYTES) throw new KernelError("key_invalid", "a DEK has 32 bytes");
  const length = writeContext(header, of);
  derivation.set(sha256(scratch.subarray(0, length)), LABEL.byteLength + 1);
  derivation[LABEL.byteLength] = DERIVE_COMMITMENT;
  const commitment = hmacSha512_256(dekKey, derivation);
  derivation[LABEL.byteLength] = DERIVE_KEY;
  const key = hmacSha512_256(dekKey, derivation);
  scratch.set(commitment, length);
  return { key, commitment, associatedData: scratch.subarray(0, length + COMMITMENT_BYTES) };
}

/** Header up to and including the salt, then each field after its length as a big-endian u32. */
function writeContext(header: Uint8Array, { purpose, tenant, path, version, kind, contentType }: SealContext): number {
  scratch.set(header);
  let at = writeText(HEADER_BYTES, purpose);
  at = writeText(at, tenant);
  at = writeText(at, path);
  at = writeField(at, u64be(version));
  at = writeText(at, kind);
  return writeText(at, contentType);
}

/** As `writeField` of its UTF-8; ASCII, the rule, goes without an allocation. */
function writeText(at: number, text: string): number {
  const start = at + LENGTH_BYTES;
  if (start + text.length > MAX_CONTEXT_BYTES) throw tooLong();
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return writeField(at, utf8(text));
    scratch[start + index] = code;
  }
  writeLength(at, text.length);
  return start + text.length;
}

function writeField(at: number, field: Uint8Array): number {
  const start = at + LENGTH_BYTES;
  if (start + field.byteLength > MAX_CONTEXT_BYTES) throw tooLong();
  scratch.set(field, start);
  writeLength(at, field.byteLength);
  return start + field.byteLength;
}

/** The upper two bytes stay zero: a context is shorter than 2^16. */
function writeLength(at: number, length: number): void {
  scratch.fill(0, at, at + 2);
  scratch[at + 2] = length >> 8;
  scratch[at + 3] = length & 0xff;
}

function tooLong(): KernelError {
  return new KernelError("out_of_range", `the context exceeds ${MAX_CONTEXT_BYTES} bytes`);
}

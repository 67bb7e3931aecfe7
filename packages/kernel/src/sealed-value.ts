import { concat, equal, u32be, u64be, utf8 } from "./bytes.ts";
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
const KEY = 1;
const COMMITMENT = 2;

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
  const body = aead.seal(bound.key, new Uint8Array(aead.nonceBytes), value, bound.associatedData);
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
    return { ok: false, reason: "wrong_key_or_context" };
  }
  const aead = primitives.suites[header.suite];
  const nonce = new Uint8Array(aead.nonceBytes);
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
  readonly associatedData: Uint8Array;
}

function bind(
  { hmacSha512_256, sha256 }: SealPrimitives,
  dekKey: Uint8Array,
  header: Uint8Array,
  of: SealContext,
): Bound {
  if (dekKey.byteLength !== KEY_BYTES) throw new KernelError("key_invalid", "a DEK has 32 bytes");
  const context = contextBytes(header, of);
  const contextHash = sha256(context);
  const derive = (label: number): Uint8Array =>
    hmacSha512_256(dekKey, concat(LABEL, Uint8Array.of(label), contextHash));
  const commitment = derive(COMMITMENT);
  return { key: derive(KEY), commitment, associatedData: concat(context, commitment) };
}

/** Header up to and including the salt, then each field after its length as a big-endian u32. */
function contextBytes(
  header: Uint8Array,
  { purpose, tenant, path, version, kind, contentType }: SealContext,
): Uint8Array {
  const fields = [utf8(purpose), utf8(tenant), utf8(path), u64be(version), utf8(kind), utf8(contentType)];
  return concat(header, ...fields.flatMap((field) => [u32be(field.byteLength), field]));
}

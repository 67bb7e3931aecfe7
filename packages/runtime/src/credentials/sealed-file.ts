import {
  argon2id,
  hmacSha512_256,
  type PasswordCost,
  random as systemRandom,
  sha256,
  suites,
} from "@holdfast/engine/crypto";
import { concat, equal, fromHex, fromUtf8, toHex, utf8 } from "@holdfast/kernel/bytes";
import type { Random } from "@holdfast/kernel/crypto";
import { open, readSealedHeader, seal, type SealContext } from "@holdfast/kernel/sealed-value";

/** What a sealed file hangs on: a passphrase, or ids of the host, in the order in which its first lines name them. */
export const sealBindings = [
  "passphrase",
  "machine-id",
  "machine-id product-uuid",
  "platform-uuid",
  "machine-guid",
] as const;

/** What a sealed file hangs on. */
export type SealBinding = (typeof sealBindings)[number];
/** The ids of a host that a sealed file hangs on. */
export type HostBinding = Exclude<SealBinding, "passphrase">;

/** The first four lines of a sealed file: how its key is derived. */
export interface SealedFileHeader {
  readonly binding: SealBinding;
  readonly cost: PasswordCost;
  /** 16 bytes. */
  readonly salt: Uint8Array;
}

/** A sealed file as it was read; nothing of it is authenticated before it is opened. */
export interface SealedFile extends SealedFileHeader {
  readonly sealed: Uint8Array;
}

/** Twice what a secret has at most, and what stands around it; nothing larger is looked at. */
export const MAX_SEALED_FILE_BYTES = 65_536;
/** What a reader spends on a file that asks for more: a hostile one must not take the host's memory. */
const MAX_MEMORY_KIB = 32_768;
/** The least that Argon2 is defined for. */
const MIN_MEMORY_KIB = 8;
const MAX_PASSES = 16;
const SALT_BYTES = 16;
const SUITE = 1;
const FIRST_LINE = "holdfast-sealed-file/";
const LABEL = utf8("holdfast/sealed-file/1\0");

/** Less than OWASP's first choice for no parameter, within the memory that an agent has; some 50 ms at a start. */
export const sealCost: PasswordCost = { memoryKiB: 19_456, passes: 3 };

/** A new salt for a binding: the header of the files that are sealed with it. */
export function newHeader(
  binding: SealBinding,
  cost: PasswordCost = sealCost,
  random: Random = systemRandom,
): SealedFileHeader {
  return { binding, cost, salt: random(SALT_BYTES) };
}

/** The key of a header, from a passphrase or ids. Whatever changes in the header, the key is another. */
export function sealedFileKey(header: SealedFileHeader, input: Uint8Array): Uint8Array {
  const stretched = argon2id(input, header.salt, header.cost);
  const key = hmacSha512_256(stretched, concat(LABEL, utf8(printHeader(header))));
  stretched.fill(0);
  return key;
}

/** The text of a file that holds a secret under its name. */
export function sealFile(
  header: SealedFileHeader,
  key: Uint8Array,
  name: string,
  secret: string,
  random: Random = systemRandom,
): string {
  const primitives = { hmacSha512_256, sha256, suites, random };
  const sealed = seal(primitives, SUITE, { id: header.salt, key }, contextOf(name), utf8(secret));
  return `${printHeader(header)}sealed: ${toHex(sealed)}\n`;
}

/** The secret of a file; undefined for another key, another name, and a file that was changed in any bit. */
export function openSealedFile(file: SealedFile, key: Uint8Array, name: string): string | undefined {
  const header = readSealedHeader(file.sealed);
  if (header === undefined || !equal(header.dekId, file.salt)) return undefined;
  const opened = open({ hmacSha512_256, sha256, suites }, key, contextOf(name), file.sealed);
  return opened.ok ? fromUtf8(opened.value) : undefined;
}

/** A file in the one spelling that there is of it; undefined for everything else. */
export function parseSealedFile(text: string): SealedFile | undefined {
  if (text.length > MAX_SEALED_FILE_BYTES) return undefined;
  const [, bound, memory, passes, salt, sealed] = grammar.exec(text) ?? [];
  const binding = sealBindings.find((one) => one === bound);
  const cost = { memoryKiB: Number(memory), passes: Number(passes) };
  if (binding === undefined || salt === undefined || sealed === undefined || sealed.length % 2 !== 0) return undefined;
  if (cost.memoryKiB < MIN_MEMORY_KIB || cost.memoryKiB > MAX_MEMORY_KIB || cost.passes > MAX_PASSES) return undefined;
  return { binding, cost, salt: fromHex(salt), sealed: fromHex(sealed) };
}

const grammar = new RegExp(
  `^${FIRST_LINE}1\\nbound-to: ([a-z -]{1,40})\\nkdf: argon2id m=([1-9]\\d{0,4}) t=([1-9]\\d?) p=1\\n` +
    "salt: ([0-9a-f]{32})\\nsealed: ([0-9a-f]+)\\n$",
);

/** Whether a text is, or was before it was cut or changed, a sealed file: such a one is never taken for a secret. */
export function looksSealed(text: string): boolean {
  if (text.startsWith(FIRST_LINE) || (text !== "" && FIRST_LINE.startsWith(text))) return true;
  return /^(?:bound-to|kdf|salt|sealed): /m.test(text);
}

/** The version that a file says it has; undefined where it says none. */
export function sealedFileVersion(text: string): number | undefined {
  const [, version] = /^holdfast-sealed-file\/([1-9]\d{0,5})\n/.exec(text) ?? [];
  return version === undefined ? undefined : Number(version);
}

function printHeader({ binding, cost, salt }: SealedFileHeader): string {
  const lines = [
    `${FIRST_LINE}1`,
    `bound-to: ${binding}`,
    `kdf: argon2id m=${cost.memoryKiB} t=${cost.passes} p=1`,
    `salt: ${toHex(salt)}`,
  ];
  return `${lines.join("\n")}\n`;
}

/** The name is bound: a file that is moved to another name does not open (ATTACKS 29). */
function contextOf(name: string): SealContext {
  return { purpose: "credential", tenant: "", path: name, version: 1, kind: "secret", contentType: "text/plain" };
}

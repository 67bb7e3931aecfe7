import { concat, fromBase64, fromHex, readU32be, toBase64, toHex, u32be, utf8 } from "./bytes.ts";
import type { Hash, Signer, VerifySignature } from "./crypto.ts";
import { KernelError } from "./errors.ts";

const ED25519 = 1;
const PUBLIC_KEY_BYTES = 32;
const KEY_ID_BYTES = 4;
const MAX_NOTE_LENGTH = 1_000_000;
const MAX_SIGNATURES = 100;
const SIGNATURE_LINE = /^\u2014 ([^\p{White_Space}+]+) ([A-Za-z0-9+/=]+)$/u;
const KEY_NAME = /^[^\p{White_Space}+]+$/u;
// oxlint-disable-next-line no-control-regex -- C2SP signed-note: none below U+0020 but the newline
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;

/** Name and id say which key made a signature; the key itself is Ed25519. */
export interface VerifierKey {
  readonly name: string;
  readonly keyId: number;
  readonly publicKey: Uint8Array;
}

export interface NoteSignature {
  readonly name: string;
  readonly keyId: number;
  readonly signature: Uint8Array;
}

export interface Note {
  /** What is signed, with its final newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** The verifier key of an Ed25519 public key: SHA-256(name ‖ newline ‖ 0x01 ‖ key) begins with its id. */
export function verifierKeyOf(sha256: Hash, name: string, publicKey: Uint8Array): VerifierKey {
  if (!KEY_NAME.test(name) || CONTROL.test(name)) throw invalid("the key name is empty or holds a blank or plus");
  if (publicKey.byteLength !== PUBLIC_KEY_BYTES) throw invalid("an Ed25519 key has 32 bytes");
  const keyId = readU32be(sha256(concat(utf8(`${name}\n`), Uint8Array.of(ED25519), publicKey)), 0);
  return { name, keyId, publicKey };
}

/** `name+id+key`, the text in which a verifier key is handed on. */
export function printVerifierKey({ name, keyId, publicKey }: VerifierKey): string {
  return `${name}+${toHex(u32be(keyId))}+${toBase64(concat(Uint8Array.of(ED25519), publicKey))}`;
}

/** The verifier key of a text; one whose id does not follow from its name and key is refused. */
export function parseVerifierKey(sha256: Hash, text: string): VerifierKey {
  const [, name, id, key] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text) ?? [];
  if (name === undefined || id === undefined || key === undefined) throw invalid("the text is no verifier key");
  const [type, ...publicKey] = fromBase64(key);
  if (type !== ED25519) throw invalid("the verifier key is not of type Ed25519");
  const known = verifierKeyOf(sha256, name, Uint8Array.from(publicKey));
  if (known.keyId !== readU32be(fromHex(id), 0)) throw invalid("the verifier key's id does not match");
  return known;
}

/** Signs a text, which ends in a newline, as a note. */
export function signNote(sha256: Hash, text: string, name: string, signer: Signer): string {
  return printNote({ text, signatures: [noteSignature(sha256, text, name, signer)] });
}

/** One signature over a note's text, for a note of several. */
export function noteSignature(sha256: Hash, text: string, name: string, signer: Signer): NoteSignature {
  const { keyId } = verifierKeyOf(sha256, name, signer.publicKey);
  return { name, keyId, signature: signer.sign(utf8(text)) };
}

/** C2SP signed-note: text, empty line, one line a signature. */
export function printNote({ text, signatures }: Note): string {
  if (!text.endsWith("\n") || CONTROL.test(text))
    throw invalid("the text of a note ends in a newline, its only control");
  const lines = signatures.map(
    ({ name, keyId, signature }) => `— ${name} ${toBase64(concat(u32be(keyId), signature))}\n`,
  );
  return `${text}\n${lines.join("")}`;
}

/** Text and signatures of a note; nothing is verified yet. */
export function parseNote(note: string): Note {
  if (note.length > MAX_NOTE_LENGTH) throw invalid("the note is too long");
  if (CONTROL.test(note) || !note.isWellFormed()) throw invalid("the note holds a control character");
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n")) throw invalid("the note has no signatures");
  const lines = note.slice(end + 2, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) throw invalid("the note has too many signatures");
  return { text: note.slice(0, end + 1), signatures: lines.map(parseSignature) };
}

/**
 * The text of a note that one of the trusted keys signed, and those that did. Signatures of unknown keys are ignored;
 * one of a known key that does not verify spoils the note.
 */
export function openNote(
  note: string,
  trusted: readonly VerifierKey[],
  verify: VerifySignature,
): { readonly text: string; readonly signedBy: readonly VerifierKey[] } {
  const { text, signatures } = parseNote(note);
  const message = utf8(text);
  const signedBy = new Set<VerifierKey>();
  for (const { name, keyId, signature } of signatures) {
    const key = trusted.find((known) => known.name === name && known.keyId === keyId);
    if (key === undefined) continue;
    if (!verify(key.publicKey, message, signature)) throw invalid("a signature of a known key does not verify");
    signedBy.add(key);
  }
  if (signedBy.size === 0) throw invalid("no known key signed the note");
  return { text, signedBy: [...signedBy] };
}

function parseSignature(line: string): NoteSignature {
  const [, name, encoded] = SIGNATURE_LINE.exec(line) ?? [];
  if (name === undefined || encoded === undefined) throw invalid("a signature line is malformed");
  const bytes = fromBase64(encoded);
  if (bytes.byteLength <= KEY_ID_BYTES) throw invalid("a signature is too short");
  return { name, keyId: readU32be(bytes, 0), signature: bytes.subarray(KEY_ID_BYTES) };
}

function invalid(problem: string): KernelError {
  return new KernelError("note_invalid", problem);
}

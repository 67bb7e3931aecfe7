import { KernelError } from "./errors.ts";

const STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE = `${STANDARD.slice(0, 62)}-_`;
const INVALID = 255;
const PAD = "=".charCodeAt(0);

interface Alphabet {
  readonly codes: Uint8Array;
  readonly values: Uint8Array;
  readonly isPadded: boolean;
}

const standard = alphabetOf(STANDARD, true);
const urlSafe = alphabetOf(URL_SAFE, false);
const ascii = new TextDecoder();

function alphabetOf(letters: string, isPadded: boolean): Alphabet {
  const codes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  const values = new Uint8Array(256).fill(INVALID);
  for (const [value, code] of codes.entries()) values[code] = value;
  return { codes, values, isPadded };
}

/** Base 64 of RFC 4648 §4, padded. */
export const toBase64 = (bytes: Uint8Array): string => encode(bytes, standard);

/** Bytes of base 64 in its one canonical spelling: padded, no blanks, unused bits zero (RFC 4648 §3.5). */
export const fromBase64 = (text: string): Uint8Array<ArrayBuffer> => decode(text, standard);

/** Base 64 of RFC 4648 §5, without padding. */
export const toBase64url = (bytes: Uint8Array): string => encode(bytes, urlSafe);

/** Bytes of unpadded base64url in its one canonical spelling. */
export const fromBase64url = (text: string): Uint8Array<ArrayBuffer> => decode(text, urlSafe);

function encode(bytes: Uint8Array, { codes, isPadded }: Alphabet): string {
  const letters = Math.ceil((bytes.byteLength * 4) / 3);
  const out = new Uint8Array(isPadded ? Math.ceil(bytes.byteLength / 3) * 4 : letters).fill(PAD);
  for (let from = 0, to = 0; from < bytes.byteLength; from += 3, to += 4) {
    // Bytes past the end read as undefined, which shifts to zero.
    const group = (bytes[from]! << 16) | (bytes[from + 1]! << 8) | bytes[from + 2]!;
    for (let letter = 0; letter < 4 && to + letter < letters; letter++) {
      out[to + letter] = codes[(group >> (18 - 6 * letter)) & 63]!;
    }
  }
  return ascii.decode(out);
}

function decode(text: string, { values, isPadded }: Alphabet): Uint8Array<ArrayBuffer> {
  const letters = isPadded ? lettersOfPadded(text) : text.length;
  if (letters % 4 === 1) throw invalid();
  const out = new Uint8Array(Math.floor((letters * 3) / 4));
  let pending = 0;
  let bits = 0;
  let to = 0;
  for (let from = 0; from < letters; from++) {
    const code = text.charCodeAt(from);
    const value = code < 256 ? values[code]! : INVALID;
    if (value === INVALID) throw invalid();
    pending = ((pending << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out[to++] = pending >> bits;
  }
  if ((pending & ((1 << bits) - 1)) !== 0) throw invalid();
  return out;
}

function lettersOfPadded(text: string): number {
  if (text.length % 4 !== 0) throw invalid();
  if (text.endsWith("==")) return text.length - 2;
  return text.endsWith("=") ? text.length - 1 : text.length;
}

function invalid(): KernelError {
  return new KernelError("encoding_invalid", "the text is not canonical base 64");
}

import { utf8 } from "./bytes.ts";

export const MAX_PATH_BYTES = 512;
const MAX_PATH_SEGMENTS = 32;
const MAX_SEGMENT_BYTES = 128;

/** `/versions/{n}` is the only suffix of a key's route, so no key may hold that segment. */
const RESERVED_SEGMENT = "versions";

/** Why a text is not a path; each completes the sentence "the path …". */
export type PathRefusal =
  | "is empty"
  | "is longer than 512 bytes"
  | "has more than 32 segments"
  | "has a segment longer than 128 bytes"
  | "has an empty segment"
  | "has a segment . or .."
  | "has the reserved segment versions"
  | "has a segment that begins or ends with a blank"
  | "holds one of the characters : * ? # % \\"
  | "holds a control, invisible or look-alike character"
  | "is not in Unicode normalization form C"
  | "is not percent-encoded UTF-8";

export type ParsedPath =
  | { readonly ok: true; readonly path: string; readonly segments: readonly string[] }
  | { readonly ok: false; readonly reason: PathRefusal };

/** `:` parts permissions and verbs, `*` is a pattern, `?#` end a URL's path, `%` could be decoded twice. */
const STRUCTURE = /[:*?#%\\]/;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
/**
 * Control, format, private and unassigned characters (\p{C}), line and other separators than the blank, characters
 * without a look of their own, and the Braille blank.
 */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/u;

/** Accepts a path in its one canonical spelling and says what is wrong with any other (ATTACKS 1). */
export function parsePath(text: string): ParsedPath {
  const segments = text.split("/", MAX_PATH_SEGMENTS + 1);
  const reason = refuseWhole(text, segments) ?? refuseCharacters(text) ?? firstRefusal(segments);
  return reason === undefined ? { ok: true, path: text, segments } : { ok: false, reason };
}

/** Decodes `%XX` of a raw URL path exactly once, then parses: what would need a second decoding is refused. */
export function decodePathOnce(rawPercentEncoded: string): ParsedPath {
  // A raw URL is ASCII without blanks; everything else has to be encoded.
  if (!/^[\x21-\x7e]*$/.test(rawPercentEncoded)) return { ok: false, reason: "is not percent-encoded UTF-8" };
  const text = rawPercentEncoded.includes("%") ? percentDecode(rawPercentEncoded) : rawPercentEncoded;
  return text === undefined ? { ok: false, reason: "is not percent-encoded UTF-8" } : parsePath(text);
}

/** Throws away what is not UTF-8: overlong forms, surrogates and stray bytes among it. */
function percentDecode(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined;
  }
}

/** The path one segment up; `""`, the root, of a path with one segment. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** Whether the path is the prefix or stands below it; all paths stand below the root `""`. Both canonical. */
export function isWithin(prefix: string, path: string): boolean {
  return prefix === "" || path === prefix || path.startsWith(`${prefix}/`);
}

function refuseWhole(text: string, segments: readonly string[]): PathRefusal | undefined {
  if (text === "") return "is empty";
  // A UTF-16 unit is at least one byte, so that the costly checks never see long text.
  if (text.length > MAX_PATH_BYTES) return "is longer than 512 bytes";
  if (segments.length > MAX_PATH_SEGMENTS) return "has more than 32 segments";
  return undefined;
}

function refuseCharacters(text: string): PathRefusal | undefined {
  if (STRUCTURE.test(text)) return "holds one of the characters : * ? # % \\";
  if (PRINTABLE_ASCII.test(text)) return undefined;
  if (HIDDEN.test(text) || looksLikeStructure(text)) return "holds a control, invisible or look-alike character";
  if (text.normalize("NFC") !== text) return "is not in Unicode normalization form C";
  if (utf8(text).byteLength > MAX_PATH_BYTES) return "is longer than 512 bytes";
  return undefined;
}

/** A full-width solidus, a one-dot leader and the like become structure under NFKC, which others may apply. */
function looksLikeStructure(text: string): boolean {
  for (const character of text) {
    if (character > "\x7e" && /[/.:*?#%\\ ]/.test(character.normalize("NFKC"))) return true;
  }
  return false;
}

function firstRefusal(segments: readonly string[]): PathRefusal | undefined {
  for (const segment of segments) {
    const reason = refuseSegment(segment);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function refuseSegment(segment: string): PathRefusal | undefined {
  if (segment === "") return "has an empty segment";
  if (segment === "." || segment === "..") return "has a segment . or ..";
  if (segment === RESERVED_SEGMENT) return "has the reserved segment versions";
  if (segment.startsWith(" ") || segment.endsWith(" ")) return "has a segment that begins or ends with a blank";
  if (segment.length > MAX_SEGMENT_BYTES || isLongInBytes(segment)) return "has a segment longer than 128 bytes";
  return undefined;
}

/** A UTF-16 unit is at most three bytes. */
function isLongInBytes(segment: string): boolean {
  return segment.length * 3 > MAX_SEGMENT_BYTES && utf8(segment).byteLength > MAX_SEGMENT_BYTES;
}

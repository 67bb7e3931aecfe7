import { toBase64 } from "@holdfast/kernel/base64";

/** Bytes of a text in UTF-8, or in UTF-16 as Windows programs write it. */
export function encodeText(text: string, encoding: "utf8" | "utf16le" | "utf16be" | "utf16"): Uint8Array {
  if (encoding === "utf8") return new TextEncoder().encode(text);
  const units = Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
  const bytes = units.flatMap((unit) => (encoding === "utf16be" ? [unit >> 8, unit & 255] : [unit & 255, unit >> 8]));
  return Uint8Array.from(encoding === "utf16" ? [0xff, 0xfe, ...bytes] : bytes);
}

/**
 * The three texts of which one is in the Base64 of anything that holds the bytes: they may begin at any third of a
 * group, and the characters at their edges depend on what is beside them.
 */
export function base64Offsets(bytes: Uint8Array): readonly string[] {
  return [0, 1, 2].map((shift) => {
    const encoded = toBase64(Uint8Array.from([...Array<number>(shift).fill(0), ...bytes]));
    const from = [0, 2, 3][shift]!;
    const cut = [undefined, -3, -2][(bytes.length + shift) % 3];
    return encoded.slice(from, cut);
  });
}

import type { Piece } from "./match.ts";

/**
 * Cuts a Sigma value into its pieces. `*` and `?` are wildcards; a backslash takes that from them and from itself, and
 * before anything else is a backslash.
 */
export function parsePattern(value: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let text = "";
  const close = (wildcard: Piece): void => {
    if (text !== "") pieces.push({ text });
    pieces.push(wildcard);
    text = "";
  };
  for (let index = 0; index < value.length; index += 1) {
    const character = value[index]!;
    const next = value[index + 1];
    if (character === "\\" && (next === "*" || next === "?" || next === "\\")) {
      text += next;
      index += 1;
    } else if (character === "*") close("any");
    else if (character === "?") close("one");
    else text += character;
  }
  if (text !== "") pieces.push({ text });
  return pieces;
}

/** The pieces with any characters before or after them. */
export function surround(pieces: readonly Piece[], before: boolean, after: boolean): readonly Piece[] {
  return [
    ...(before && pieces[0] !== "any" ? (["any"] as const) : []),
    ...pieces,
    ...(after && pieces.at(-1) !== "any" ? (["any"] as const) : []),
  ];
}

/** The text of a pattern without wildcards. */
export function plainText(pieces: readonly Piece[]): string | undefined {
  if (pieces.length === 0) return "";
  const [piece] = pieces;
  return pieces.length === 1 && typeof piece === "object" ? piece.text : undefined;
}

/** As a pattern of LIKE, which is blind to the case of ASCII letters, with `\` to escape. */
export function likePattern(pieces: readonly Piece[]): { readonly pattern: string; readonly needsEscape: boolean } {
  const pattern = pieces
    .map((piece) => (piece === "any" ? "%" : piece === "one" ? "_" : piece.text.replaceAll(/[\\%_]/g, "\\$&")))
    .join("");
  return { pattern, needsEscape: pattern.includes("\\") };
}

/** As a pattern of GLOB, which sees case. */
export function globPattern(pieces: readonly Piece[]): string {
  return pieces
    .map((piece) => (piece === "any" ? "*" : piece === "one" ? "?" : piece.text.replaceAll(/[*?[]/g, "[$&]")))
    .join("");
}

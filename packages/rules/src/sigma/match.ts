/** One piece of a Sigma pattern: a text, `*` (any characters) or `?` (one). */
export type Piece = { readonly text: string } | "any" | "one";

export type Comparison = "=" | "<" | "<=" | ">" | ">=";

/** What a detection asks of a row. */
export type Match =
  | { readonly kind: "and" | "or"; readonly terms: readonly Match[] }
  | { readonly kind: "not"; readonly term: Match }
  | { readonly kind: "text"; readonly column: string; readonly pieces: readonly Piece[]; readonly isCased: boolean }
  | { readonly kind: "number"; readonly column: string; readonly comparison: Comparison; readonly value: number }
  /** One of these GLOB patterns matches. */
  | { readonly kind: "globs"; readonly column: string; readonly globs: readonly string[] }
  /** The columns hold the same. */
  | { readonly kind: "same"; readonly column: string; readonly other: string; readonly type: "text" | "integer" };

/** All of them, or the one; a term that stands there twice stands once. */
export function allOf(terms: readonly Match[]): Match {
  return join("and", terms);
}

export function anyOf(terms: readonly Match[]): Match {
  return join("or", terms);
}

function join(kind: "and" | "or", terms: readonly Match[]): Match {
  const flat = terms.flatMap((term) => (term.kind === kind ? term.terms : [term]));
  const distinct = [...new Map(flat.map((term) => [JSON.stringify(term), term])).values()];
  return distinct.length === 1 ? distinct[0]! : { kind, terms: distinct };
}

import { sha256 } from "@holdfast/engine/crypto";
import { toHex, utf8 } from "@holdfast/kernel/bytes";

/** Most texts that are prepared by name; slices have a few dozen, and so have the batches of a writer. */
const MAX_PREPARED = 256;

/**
 * A bare `?`, or what may hold one that is none: strings, quoted identifiers, comments. A doubled quote inside quotes is
 * two neighbours, which comes to the same.
 */
const PLACEHOLDER = /'[^']*'|"[^"]*"|--[^\n]*|\/\*[^]*?\*\/|\?/g;

/** SQL with its bare `?` numbered $1, $2 …, in order. */
export function numberPlaceholders(sql: string): string {
  let count = 0;
  return sql.replace(PLACEHOLDER, (found) => (found === "?" ? `$${++count}` : found));
}

/** A text as PostgreSQL takes it; with a name, each connection parses and plans it only once. */
export interface Statement {
  readonly text: string;
  readonly name?: string;
}

/** The same for the same text, and for no other: whoever else prepares over the same connection cannot be in the way. */
export const nameOf = (text: string): string => `holdfast_${toHex(sha256(utf8(text))).slice(0, 40)}`;

/**
 * Statements by the SQL that slices write, or that is numbered already. Connections keep what they have prepared, so
 * nothing is dropped to make room: the first 256 texts get a name, further ones are parsed anew each time.
 */
export class Statements {
  readonly #prepared = new Map<string, Statement>();

  get(sql: string): Statement {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const text = numberPlaceholders(sql);
    if (this.#prepared.size >= MAX_PREPARED) return { text };
    const statement = { text, name: nameOf(text) };
    this.#prepared.set(sql, statement);
    return statement;
  }
}

import type { Cursor } from "./cursor.ts";
import { canBeName, isKeyword } from "./keywords.ts";
import { requireExtended } from "./profile.ts";
import { RefusedSql } from "./refusal.ts";

/** A name, and where it stands. */
export interface TakenName {
  readonly name: string;
  readonly offset: number;
}

/** Takes the bare or quoted name of a table or column; names are in lower case from here on. */
export function takeName(cursor: Cursor): TakenName {
  const token = cursor.peek();
  if (token.kind !== "quoted" && (token.kind !== "word" || !canBeName(token.upper))) {
    cursor.fail(token.kind === "end" ? "the statement ends where a name is expected" : "a name is expected here");
  }
  cursor.next();
  return { name: token.text.toLowerCase(), offset: token.offset };
}

/** Takes a name that the statement gives: none that SQLite or a reader could take for something else (ATTACKS 36). */
export function takeNewName(cursor: Cursor): TakenName {
  const token = cursor.peek();
  if (token.kind !== "word" && token.kind !== "quoted") return cursor.fail("a name is expected here");
  const name = token.text.toLowerCase();
  if (isKeyword(name) || !isPlainName(name)) {
    const hint = "use letters, digits and _, and no keyword of SQL";
    throw new RefusedSql("name_reserved", "this name cannot be given", token.offset, hint);
  }
  cursor.next();
  return { name, offset: token.offset };
}

/** Parses `AS name`, or a bare name that is no keyword. */
export function parseAlias(cursor: Cursor): { alias?: string } {
  const as = cursor.takeWord("AS");
  const token = cursor.peek();
  const isBareName = token.kind === "quoted" || (token.kind === "word" && !isKeyword(token.upper));
  if (as === undefined && !isBareName) return {};
  requireExtended(cursor.profile, "a name of its own (AS)", as ?? token, "leave it out, or use the profile extended");
  return { alias: takeNewName(cursor).name };
}

/** Whether a name in lower case needs no quotes and is none of SQLite's own. */
function isPlainName(name: string): boolean {
  return name.length <= 64 && /^[a-z_][a-z0-9_]*$/.test(name) && !name.startsWith("sqlite_");
}

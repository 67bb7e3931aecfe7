import { sqlLimits } from "./limits.ts";
import { RefusedSql } from "./refusal.ts";

/** One token; `text` is the word, the symbol, the name inside the quotes or the value of the text literal. */
export interface Token {
  readonly kind: "word" | "quoted" | "text" | "integer" | "real" | "symbol" | "end";
  readonly text: string;
  /** Words in upper case, to be told from keywords; other tokens as they are. */
  readonly upper: string;
  readonly offset: number;
}

const twoCharacterSymbols: ReadonlySet<string> = new Set(["==", "<>", "!=", "<=", ">=", "||", "<<", ">>"]);
const symbols: ReadonlySet<string> = new Set("()=<>,.*+-/%;&|~");

/**
 * Cuts a statement into tokens, left to right without going back: time is linear in its length. What SQLite reads
 * differently from how people do (comments, NUL, other quotes, parameters) is refused here (ATTACKS 36).
 */
export function tokenize(sql: string): readonly Token[] {
  if (sql.length > sqlLimits.length) {
    throw new RefusedSql("too_long", `the statement is longer than ${sqlLimits.length} characters`, sqlLimits.length);
  }
  const tokens: Token[] = [];
  let offset = skipBlanks(sql, 0);
  while (offset < sql.length) {
    if (tokens.length >= sqlLimits.tokens) {
      throw new RefusedSql("too_many_tokens", `the statement has more than ${sqlLimits.tokens} tokens`, offset);
    }
    const { token, end } = readToken(sql, offset);
    tokens.push(token);
    offset = skipBlanks(sql, end);
  }
  tokens.push({ kind: "end", text: "", upper: "", offset: sql.length });
  return tokens;
}

interface Read {
  readonly token: Token;
  readonly end: number;
}

function readToken(sql: string, offset: number): Read {
  const first = sql[offset]!;
  if (isWordStart(first)) return readWord(sql, offset);
  if (isDigit(first) || (first === "." && isDigit(sql[offset + 1]))) return readNumber(sql, offset);
  if (first === "'") return readText(sql, offset);
  if (first === '"') return readQuoted(sql, offset);
  return readSymbol(sql, offset);
}

function readWord(sql: string, offset: number): Read {
  let end = offset + 1;
  while (isWordPart(sql[end])) end += 1;
  const text = sql.slice(offset, end);
  if (sql[end] === "'") {
    throw new RefusedSql(
      "literal",
      "a text or blob literal begins in the middle of a word",
      offset,
      "put a blank before the quote",
    );
  }
  return { token: { kind: "word", text, upper: text.toUpperCase(), offset }, end };
}

function readNumber(sql: string, offset: number): Read {
  let end = skipDigits(sql, offset);
  let kind: "integer" | "real" = "integer";
  if (sql[end] === ".") {
    kind = "real";
    end = skipDigits(sql, end + 1);
  }
  if (sql[end] === "e" || sql[end] === "E") {
    kind = "real";
    const sign = sql[end + 1] === "+" || sql[end + 1] === "-" ? 1 : 0;
    if (!isDigit(sql[end + 1 + sign])) throw malformedNumber(offset);
    end = skipDigits(sql, end + 1 + sign);
  }
  // `0x10`, `1_000` and `1abc` mean different things to different versions of SQLite.
  if (isWordPart(sql[end]) || sql[end] === ".") throw malformedNumber(offset);
  const text = sql.slice(offset, end);
  const value = Number(text);
  if (!Number.isFinite(value) || (kind === "integer" && !Number.isSafeInteger(value))) {
    throw new RefusedSql("literal", "the number is too large", offset, `integers reach to ${Number.MAX_SAFE_INTEGER}`);
  }
  return { token: { kind, text, upper: text, offset }, end };
}

function malformedNumber(offset: number): RefusedSql {
  return new RefusedSql("literal", "the number is malformed", offset, "write it in decimal, such as 10 or 1.5");
}

function readText(sql: string, offset: number): Read {
  const { value, end } = readUntilQuote(sql, offset, "text");
  return { token: { kind: "text", text: value, upper: "", offset }, end };
}

function readQuoted(sql: string, offset: number): Read {
  const { value, end } = readUntilQuote(sql, offset, "name");
  return { token: { kind: "quoted", text: value, upper: "", offset }, end };
}

/** Reads what stands between two quotes; a doubled quote is one of the value's characters. */
function readUntilQuote(sql: string, offset: number, what: string): { value: string; end: number } {
  const quote = sql[offset]!;
  const pieces: string[] = [];
  let start = offset + 1;
  for (;;) {
    const close = sql.indexOf(quote, start);
    if (close === -1) throw new RefusedSql("literal", `the ${what} has no closing quote`, offset);
    pieces.push(sql.slice(start, close));
    if (sql[close + 1] !== quote) {
      const value = pieces.join(quote);
      refuseInvisible(value, offset);
      return { value, end: close + 1 };
    }
    start = close + 2;
  }
}

/** NUL ends a text for some of SQLite's functions; half a surrogate pair would be stored as another character. */
function refuseInvisible(value: string, offset: number): void {
  if (!value.isWellFormed()) throw new RefusedSql("character", "the text is not well-formed Unicode", offset);
  for (let index = 0; index < value.length; index += 1) {
    const code = value.charCodeAt(index);
    if ((code < 32 && code !== 9 && code !== 10 && code !== 13) || code === 127) {
      throw new RefusedSql("character", "the text holds a control character", offset);
    }
  }
}

function readSymbol(sql: string, offset: number): Read {
  const two = sql.slice(offset, offset + 2);
  if (two === "--" || two === "/*") {
    throw new RefusedSql("comment", "comments are not admitted", offset, "put notes in the rule's description");
  }
  if (two === "->") {
    throw new RefusedSql("operator_not_allowed", "JSON operators are not admitted", offset);
  }
  if (twoCharacterSymbols.has(two)) return symbol(two, offset);
  const one = sql[offset]!;
  if (symbols.has(one)) return symbol(one, offset);
  throw refuseCharacter(one, offset);
}

function symbol(text: string, offset: number): Read {
  return { token: { kind: "symbol", text, upper: text, offset }, end: offset + text.length };
}

function refuseCharacter(character: string, offset: number): RefusedSql {
  if ("?:@$#".includes(character)) {
    return new RefusedSql(
      "bind_parameter",
      "parameters are not admitted",
      offset,
      "write the value itself: it is bound, not pasted",
    );
  }
  if (character === "`" || character === "[") {
    return new RefusedSql(
      "quoted_identifier",
      `names in ${character} are not admitted`,
      offset,
      'write the name bare, or in "…"',
    );
  }
  return new RefusedSql("character", "this character has no place outside of a text literal", offset);
}

function skipBlanks(sql: string, offset: number): number {
  let end = offset;
  while (sql[end] === " " || sql[end] === "\n" || sql[end] === "\t" || sql[end] === "\r") end += 1;
  return end;
}

function skipDigits(sql: string, offset: number): number {
  let end = offset;
  while (isDigit(sql[end])) end += 1;
  return end;
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= "0" && character <= "9";
}

function isWordStart(character: string): boolean {
  return (character >= "a" && character <= "z") || (character >= "A" && character <= "Z") || character === "_";
}

function isWordPart(character: string | undefined): boolean {
  return character !== undefined && (isWordStart(character) || isDigit(character));
}

import { sqlLimits } from "./limits.ts";
import type { Profile } from "./profile.ts";
import { RefusedSql } from "./refusal.ts";
import type { Token } from "./tokenize.ts";
import type { QuerySyntax, Syntax } from "./tree.ts";

/** Where the grammar comes back to itself; handed in, so that its files need not import each other in a circle. */
interface Recursion {
  readonly expression: (cursor: Cursor) => Syntax;
  readonly query: (cursor: Cursor) => QuerySyntax;
}

/** Walks over tokens and keeps the statement's counts, so that no text can make the parser or SQLite go deep. */
export class Cursor {
  readonly profile: Profile;
  readonly #tokens: readonly Token[];
  readonly #recursion: Recursion;
  #index = 0;
  #depth = 0;
  readonly #counts = { operators: 0, concatenations: 0, literals: 0 };

  constructor(tokens: readonly Token[], profile: Profile, recursion: Recursion) {
    this.#tokens = tokens;
    this.profile = profile;
    this.#recursion = recursion;
  }

  /** The token `ahead` of the current one; past the end it is the end. */
  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#index + ahead, this.#tokens.length - 1)]!;
  }

  next(): Token {
    const token = this.peek();
    if (this.#index < this.#tokens.length - 1) this.#index += 1;
    return token;
  }

  isWord(upper: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "word" && token.upper === upper;
  }

  isSymbol(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "symbol" && token.text === text;
  }

  /** Whether a query begins `ahead` tokens from here. */
  isQuery(ahead = 0): boolean {
    return this.isWord("SELECT", ahead) || this.isWord("WITH", ahead) || this.isWord("VALUES", ahead);
  }

  /** Takes the keyword when it is there. */
  takeWord(upper: string): Token | undefined {
    return this.isWord(upper) ? this.next() : undefined;
  }

  takeSymbol(text: string): Token | undefined {
    return this.isSymbol(text) ? this.next() : undefined;
  }

  expectWord(upper: string): Token {
    return this.takeWord(upper) ?? this.fail(`${upper} is expected here`);
  }

  expectSymbol(text: string): Token {
    return this.takeSymbol(text) ?? this.fail(`${text} is expected here`);
  }

  /** Refuses the current token as out of place. */
  fail(message: string, hint?: string): never {
    throw new RefusedSql("syntax", message, this.peek().offset, hint);
  }

  /** Parses any expression, one level deeper. */
  expression(): Syntax {
    return this.deeper(() => this.#recursion.expression(this));
  }

  /** Parses `a, b, c`. */
  expressions(): readonly [Syntax, ...Syntax[]] {
    const list: [Syntax, ...Syntax[]] = [this.expression()];
    while (this.takeSymbol(",")) list.push(this.expression());
    return list;
  }

  /** Parses `(SELECT …)`, one level deeper. */
  subquery(): QuerySyntax {
    this.expectSymbol("(");
    if (!this.isWord("SELECT")) this.fail("SELECT is expected here", "name tables in a WITH that begins the statement");
    const query = this.deeper(() => this.#recursion.query(this));
    this.expectSymbol(")");
    return query;
  }

  deeper<T>(parse: () => T): T {
    if (this.#depth >= sqlLimits.depth) {
      throw new RefusedSql("too_deep", `the statement nests deeper than ${sqlLimits.depth} levels`, this.peek().offset);
    }
    this.#depth += 1;
    const result = parse();
    this.#depth -= 1;
    return result;
  }

  count(what: "operators" | "concatenations" | "literals", offset: number): void {
    this.#counts[what] += 1;
    if (this.#counts[what] > sqlLimits[what]) {
      throw new RefusedSql("too_complex", `the statement has more than ${sqlLimits[what]} ${what}`, offset);
    }
  }
}

/** What a condition says of the selections that it names. */
export type Condition =
  | { readonly kind: "and" | "or"; readonly terms: readonly Condition[] }
  | { readonly kind: "not"; readonly term: Condition }
  | { readonly kind: "selection"; readonly name: string; readonly offset: number }
  /** `1 of …` and `all of …`; `pattern` is a name with `*`, or `them`. */
  | { readonly kind: "of"; readonly isEvery: boolean; readonly pattern: string; readonly offset: number };

/** Why a condition is not understood, and where in it. */
export class ConditionRefused extends Error {
  readonly code: "condition_invalid" | "aggregation";
  readonly offset: number;

  constructor(code: "condition_invalid" | "aggregation", message: string, offset: number) {
    super(message);
    this.code = code;
    this.offset = offset;
  }
}

interface Word {
  readonly text: string;
  readonly lower: string;
  readonly offset: number;
}

const maxLength = 8_192;
const maxDepth = 32;

/** Parses a condition: or, and, not, parentheses, names, `1 of` and `all of` (Sigma specification 2.0, Condition). */
export function parseCondition(source: string): Condition {
  if (source.length > maxLength) {
    throw new ConditionRefused("condition_invalid", `the condition is longer than ${maxLength} characters`, maxLength);
  }
  return new Parser(cutWords(source), source.length).parseWhole();
}

function cutWords(source: string): readonly Word[] {
  return Array.from(source.matchAll(/[()|]|[^\s()|]+/g), (match) => ({
    text: match[0],
    lower: match[0].toLowerCase(),
    offset: match.index,
  }));
}

class Parser {
  readonly #words: readonly Word[];
  readonly #end: Word;
  #index = 0;
  #depth = 0;

  constructor(words: readonly Word[], length: number) {
    this.#words = words;
    this.#end = { text: "", lower: "", offset: length };
  }

  parseWhole(): Condition {
    const condition = this.#parseOr();
    const rest = this.#peek();
    if (rest.text === "|") {
      const message = "aggregations were taken out of Sigma; one row is judged at a time";
      throw new ConditionRefused("aggregation", message, rest.offset);
    }
    if (rest !== this.#end) throw this.#refuse(`${shown(rest)} is not expected here`);
    return condition;
  }

  #parseOr(): Condition {
    this.#depth += 1;
    if (this.#depth > maxDepth) throw this.#refuse(`the condition nests deeper than ${maxDepth} levels`);
    const condition = this.#parseChain("or", () => this.#parseChain("and", () => this.#parseNot()));
    this.#depth -= 1;
    return condition;
  }

  #parseChain(kind: "and" | "or", parseTerm: () => Condition): Condition {
    const terms = [parseTerm()];
    while (this.#take(kind)) terms.push(parseTerm());
    return terms.length === 1 ? terms[0]! : { kind, terms };
  }

  /** `not not x` is as long as it likes: it is counted, not nested. */
  #parseNot(): Condition {
    let isNegated = false;
    while (this.#take("not")) isNegated = !isNegated;
    const term = this.#parsePart();
    return isNegated ? { kind: "not", term } : term;
  }

  #parsePart(): Condition {
    const word = this.#peek();
    if (this.#take("(")) {
      const inner = this.#parseOr();
      if (!this.#take(")")) throw this.#refuse(") is expected here");
      return inner;
    }
    if (this.#peek(1).lower === "of") return this.#parseOf(word);
    if (word === this.#end || ["and", "or", "not", "of", "them", ")", "|"].includes(word.lower)) {
      throw this.#refuse("the name of a selection is expected here");
    }
    this.#index += 1;
    return { kind: "selection", name: word.text, offset: word.offset };
  }

  #parseOf(quantity: Word): Condition {
    if (!["1", "any", "all"].includes(quantity.lower)) {
      throw new ConditionRefused("condition_invalid", "only 1 of and all of are known", quantity.offset);
    }
    this.#index += 2;
    const pattern = this.#peek();
    if (pattern === this.#end || ["(", ")", "|"].includes(pattern.text))
      throw this.#refuse("a name or them is expected here");
    this.#index += 1;
    return { kind: "of", isEvery: quantity.lower === "all", pattern: pattern.text, offset: pattern.offset };
  }

  #peek(ahead = 0): Word {
    return this.#words[this.#index + ahead] ?? this.#end;
  }

  #take(lower: string): boolean {
    if (this.#peek().lower !== lower) return false;
    this.#index += 1;
    return true;
  }

  #refuse(message: string): ConditionRefused {
    return new ConditionRefused("condition_invalid", message, this.#peek().offset);
  }
}

function shown({ text }: Word): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** Whether a name is one of those that a pattern with `*` means; `them` means all that do not begin with `_`. */
export function isMeant(name: string, pattern: string): boolean {
  if (pattern.toLowerCase() === "them") return !name.startsWith("_");
  const [first, ...rest] = pattern.split("*");
  if (rest.length === 0) return name === pattern;
  const last = rest.pop()!;
  if (!name.startsWith(first!) || !name.endsWith(last) || name.length < first!.length + last.length) return false;
  let from = first!.length;
  for (const part of rest) {
    const found = name.slice(0, name.length - last.length).indexOf(part, from);
    if (found === -1) return false;
    from = found + part.length;
  }
  return true;
}

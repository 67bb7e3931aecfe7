import {
  anyCharacter,
  type CharacterSet,
  characterSet,
  charactersOf,
  codeOf,
  complement,
  ignoringCase,
  union,
} from "./character-set.ts";

/** A regular expression: what follows what, or stands instead of it, how often. */
export type Regex =
  | { readonly kind: "characters"; readonly set: CharacterSet }
  | { readonly kind: "sequence"; readonly parts: readonly Regex[] }
  | { readonly kind: "choice"; readonly options: readonly Regex[] }
  | { readonly kind: "repeat"; readonly part: Regex; readonly least: number; readonly most: number }
  | { readonly kind: "start" | "end" };

/** Why a regular expression is not taken, and where in it. */
export class RegexRefused extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const maxLength = 2_048;
const maxDepth = 32;
const maxRepeat = 1_000;

const blanks = charactersOf(" \t\n\r\f\v");
const digits = characterSet([48, 57]);
const wordCharacters = characterSet([48, 57], [65, 90], [95, 95], [97, 122]);
const classes: ReadonlyMap<string, CharacterSet> = new Map([
  ["s", blanks],
  ["S", complement(blanks)],
  ["d", digits],
  ["D", complement(digits)],
  ["w", wordCharacters],
  ["W", complement(wordCharacters)],
  ["t", charactersOf("\t")],
  ["n", charactersOf("\n")],
  ["r", charactersOf("\r")],
  ["f", charactersOf("\f")],
  ["v", charactersOf("\v")],
]);

/** Parses the part of PCRE that Sigma allows, in one pass; refuses what looks around, back or at word boundaries. */
export function parseRegex(source: string, ignoresCase: boolean): Regex {
  if (source.length > maxLength)
    throw new RegexRefused(`the expression is longer than ${maxLength} characters`, maxLength);
  const hasFlag = source.startsWith("(?i)");
  const parser = new Parser(source, hasFlag ? 4 : 0, ignoresCase || hasFlag);
  return parser.parseWhole();
}

class Parser {
  readonly #source: string;
  readonly #ignoresCase: boolean;
  #offset: number;
  #depth = 0;

  constructor(source: string, offset: number, ignoresCase: boolean) {
    this.#source = source;
    this.#offset = offset;
    this.#ignoresCase = ignoresCase;
  }

  parseWhole(): Regex {
    const regex = this.#parseChoice();
    if (this.#offset < this.#source.length) throw this.#refuse("a ) has no (");
    return regex;
  }

  #parseChoice(): Regex {
    if (this.#depth > maxDepth) throw this.#refuse(`groups nest deeper than ${maxDepth} levels`);
    this.#depth += 1;
    const options = [this.#parseSequence()];
    while (this.#take("|")) options.push(this.#parseSequence());
    this.#depth -= 1;
    return options.length === 1 ? options[0]! : { kind: "choice", options };
  }

  #parseSequence(): Regex {
    const parts: Regex[] = [];
    while (this.#offset < this.#source.length && !this.#sees("|") && !this.#sees(")")) {
      parts.push(this.#parseRepeat(this.#parsePart()));
    }
    return parts.length === 1 ? parts[0]! : { kind: "sequence", parts };
  }

  #parsePart(): Regex {
    const start = this.#offset;
    const character = this.#next();
    switch (character) {
      case "^":
        return { kind: "start" };
      case "$":
        return { kind: "end" };
      case ".":
        return { kind: "characters", set: anyCharacter };
      case "(":
        return this.#parseGroup(start);
      case "[":
        return { kind: "characters", set: this.#cased(this.#parseClass(start)) };
      case "\\":
        return { kind: "characters", set: this.#cased(this.#parseEscape(start)) };
      case "*":
      case "+":
      case "?":
        throw new RegexRefused(`${character} has nothing to repeat`, start);
      default:
        return { kind: "characters", set: this.#cased(charactersOf(character)) };
    }
  }

  #parseGroup(start: number): Regex {
    if (this.#take("?")) {
      const isNamed =
        this.#source.startsWith("<", this.#offset) &&
        !/^<[=!]/.test(this.#source.slice(this.#offset, this.#offset + 2));
      if (isNamed) this.#offset = this.#source.indexOf(">", this.#offset) + 1 || this.#source.length;
      else if (!this.#take(":")) throw new RegexRefused("groups that look around or set flags are not taken", start);
    }
    const inner = this.#parseChoice();
    if (!this.#take(")")) throw new RegexRefused("the ( has no )", start);
    return inner;
  }

  #parseRepeat(part: Regex): Regex {
    const start = this.#offset;
    const [least, most] = this.#parseTimes() ?? [1, 1];
    if (this.#offset === start) return part;
    if (part.kind === "start" || part.kind === "end") throw new RegexRefused("an anchor is not repeated", start);
    if (this.#take("+")) throw new RegexRefused("possessive repeats are not taken", start);
    // Whether a repeat is greedy decides what is captured, not whether there is a match.
    this.#take("?");
    if (this.#sees("*") || this.#sees("+") || this.#sees("{")) throw new RegexRefused("a repeat is repeated", start);
    return { kind: "repeat", part, least, most };
  }

  #parseTimes(): readonly [number, number] | undefined {
    if (this.#take("*")) return [0, Infinity];
    if (this.#take("+")) return [1, Infinity];
    if (this.#take("?")) return [0, 1];
    const start = this.#offset;
    const match = /^\{([0-9]{1,4})(,?)([0-9]{0,4})\}/.exec(this.#source.slice(start, start + 12));
    if (match === null) return undefined;
    this.#offset += match[0].length;
    const least = Number(match[1]);
    const most = match[2] === "" ? least : match[3] === "" ? Infinity : Number(match[3]);
    const isFar = least > maxRepeat || (most !== Infinity && most > maxRepeat);
    if (isFar || most < least) throw new RegexRefused(`a repeat goes from low to high, up to ${maxRepeat}`, start);
    return [least, most];
  }

  #parseClass(start: number): CharacterSet {
    const isNegated = this.#take("^");
    const sets: CharacterSet[] = [];
    // A ] that comes first is one of the characters.
    if (this.#take("]")) sets.push(charactersOf("]"));
    while (!this.#take("]")) {
      if (this.#offset >= this.#source.length) throw new RegexRefused("the [ has no ]", start);
      if (this.#source.startsWith("[:", this.#offset)) throw this.#refuse("named classes are not taken");
      sets.push(this.#parseRange());
    }
    const set = this.#ignoresCase ? ignoringCase(union(...sets)) : union(...sets);
    return isNegated ? complement(set) : set;
  }

  #parseRange(): CharacterSet {
    const start = this.#offset;
    const from = this.#parseClassPart();
    const isRange = this.#sees("-") && this.#source[this.#offset + 1] !== "]" && this.#offset + 1 < this.#source.length;
    if (!isRange) return from;
    this.#next();
    const to = this.#parseClassPart();
    const [low, high] = [from[0]![0], to[0]![0]];
    if (from.length !== 1 || to.length !== 1 || low !== from[0]![1] || high !== to[0]![1] || low > high) {
      throw new RegexRefused("the range is not one from a character to a later one", start);
    }
    return characterSet([low, high]);
  }

  #parseClassPart(): CharacterSet {
    const start = this.#offset;
    const character = this.#next();
    return character === "\\" ? this.#parseEscape(start) : charactersOf(character);
  }

  #parseEscape(start: number): CharacterSet {
    if (this.#offset >= this.#source.length) throw new RegexRefused("the \\ has nothing to escape", start);
    const character = this.#next();
    const known = classes.get(character);
    if (known !== undefined) return known;
    if (character === "x") return this.#parseHex(start);
    if (/^[A-Za-z0-9]$/.test(character)) throw new RegexRefused(`\\${character} is not taken`, start);
    return charactersOf(character);
  }

  #parseHex(start: number): CharacterSet {
    const code = this.#source.slice(this.#offset, this.#offset + 2);
    if (!/^[0-9A-Fa-f]{2}$/.test(code)) throw new RegexRefused("\\x is followed by two hex digits", start);
    this.#offset += 2;
    return characterSet([Number.parseInt(code, 16), Number.parseInt(code, 16)]);
  }

  #cased(set: CharacterSet): CharacterSet {
    return this.#ignoresCase ? ignoringCase(set) : set;
  }

  #next(): string {
    const character = String.fromCodePoint(codeOf(this.#source.slice(this.#offset)));
    this.#offset += character.length;
    return character;
  }

  #sees(character: string): boolean {
    return this.#source[this.#offset] === character;
  }

  #take(character: string): boolean {
    if (!this.#sees(character)) return false;
    this.#offset += 1;
    return true;
  }

  #refuse(message: string): RegexRefused {
    return new RegexRefused(message, this.#offset);
  }
}

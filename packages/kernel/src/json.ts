import { KernelError } from "./errors.ts";

/** A number whose source text is kept, because a JavaScript number would print differently. */
export interface RawNumber {
  readonly rawJSON: string;
}

export type JsonValue = null | boolean | number | string | RawNumber | JsonValue[] | { [key: string]: JsonValue };

/** Bounds of one document (ATTACKS 30). */
export interface JsonLimits {
  readonly maxDepth?: number;
  /** Members of all objects together. */
  readonly maxKeys?: number;
  /** Values of every kind, also those in arrays. */
  readonly maxValues?: number;
}

const MAX_DEPTH = 64;
/** The parser calls itself for each level: no limit that a caller sets may exhaust the stack. */
const UTMOST_DEPTH = 512;
const MAX_KEYS = 10_000;
const MAX_VALUES = 100_000;
const MAX_NUMBER_LENGTH = 1024;

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

interface RawJson {
  rawJSON(this: void, source: string): RawNumber;
  isRawJSON(this: void, value: unknown): value is RawNumber;
}
/** In every engine that Holdfast supports; TypeScript's library does not know it yet. */
const { rawJSON, isRawJSON } = JSON as typeof JSON & RawJson;

/**
 * Parses one RFC 8259 text without loss: numbers keep their spelling, `__proto__` is a member like any other (objects
 * have no prototype), a member given twice is refused (ATTACKS 10), as is text that has no UTF-8.
 */
export function parseJson(text: string, limits: JsonLimits = {}): JsonValue {
  return new Parser(text, limits).document();
}

/** Compact JSON of a parsed value; numbers come out as they went in. */
export function printJson(value: JsonValue): string {
  return JSON.stringify(value);
}

/** Whether the value is a number that keeps its source text. */
export function isRawNumber(value: unknown): value is RawNumber {
  return isRawJSON(value);
}

class Parser {
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #maxKeys: number;
  readonly #maxValues: number;
  #at = 0;
  #keys = 0;
  #values = 0;

  constructor(text: string, { maxDepth = MAX_DEPTH, maxKeys = MAX_KEYS, maxValues = MAX_VALUES }: JsonLimits) {
    this.#text = text;
    this.#maxDepth = Math.min(maxDepth, UTMOST_DEPTH);
    this.#maxKeys = maxKeys;
    this.#maxValues = maxValues;
  }

  document(): JsonValue {
    const value = this.#value(0);
    this.#skipBlanks();
    if (this.#at < this.#text.length) throw this.#malformed("text after the end of the value");
    return value;
  }

  #value(depth: number): JsonValue {
    this.#skipBlanks();
    if (++this.#values > this.#maxValues) throw this.#tooLarge(`more than ${this.#maxValues} values`);
    switch (this.#text[this.#at]) {
      case "{":
        return this.#object(this.#deeper(depth));
      case "[":
        return this.#array(this.#deeper(depth));
      case '"':
        return this.#string();
      case "t":
        return this.#word("true", true);
      case "f":
        return this.#word("false", false);
      case "n":
        return this.#word("null", null);
      default:
        return this.#number();
    }
  }

  #deeper(depth: number): number {
    if (depth >= this.#maxDepth) throw this.#tooLarge(`more than ${this.#maxDepth} levels`);
    return depth + 1;
  }

  #object(depth: number): JsonValue {
    const object = Object.create(null) as { [key: string]: JsonValue };
    this.#at++;
    if (this.#takes("}")) return object;
    do {
      this.#member(object, depth);
    } while (this.#takes(","));
    if (!this.#takes("}")) throw this.#malformed("expected , or }");
    return object;
  }

  #member(object: { [key: string]: JsonValue }, depth: number): void {
    this.#skipBlanks();
    const start = this.#at;
    if (this.#text[start] !== '"') throw this.#malformed("expected a member name");
    const key = this.#string();
    if (key in object) throw new KernelError("json_malformed", "a member is given twice", start);
    if (++this.#keys > this.#maxKeys) throw this.#tooLarge(`more than ${this.#maxKeys} members`);
    if (!this.#takes(":")) throw this.#malformed("expected :");
    object[key] = this.#value(depth);
  }

  #array(depth: number): JsonValue {
    const array: JsonValue[] = [];
    this.#at++;
    if (this.#takes("]")) return array;
    do {
      array.push(this.#value(depth));
    } while (this.#takes(","));
    if (!this.#takes("]")) throw this.#malformed("expected , or ]");
    return array;
  }

  #string(): string {
    const start = this.#at;
    const isPlain = this.#skipString();
    const source = this.#text.slice(start, this.#at);
    const value = isPlain ? source.slice(1, -1) : unescape(source, start);
    if (!value.isWellFormed()) throw new KernelError("json_malformed", "the string holds a lone surrogate", start);
    return value;
  }

  /** Moves past a string and says whether it is free of escapes. By hand: a regular expression runs out of stack. */
  #skipString(): boolean {
    let isPlain = true;
    for (this.#at++; ; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === QUOTE) break;
      // NaN past the end fails this comparison too.
      if (!(code >= 0x20)) throw this.#malformed("the string is not closed or holds a control character");
      if (code !== BACKSLASH) continue;
      isPlain = false;
      this.#at++;
    }
    this.#at++;
    return isPlain;
  }

  #number(): JsonValue {
    const start = this.#at;
    const source = this.#match(NUMBER);
    if (source === undefined) throw this.#malformed("expected a value");
    if (source.length > MAX_NUMBER_LENGTH) {
      throw new KernelError("json_too_large", `a number of more than ${MAX_NUMBER_LENGTH} characters`, start);
    }
    const value = Number(source);
    return String(value) === source ? value : rawJSON(source);
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw this.#malformed("expected a value");
    this.#at += word.length;
    return value;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [source] = pattern.exec(this.#text) ?? [];
    if (source !== undefined) this.#at += source.length;
    return source;
  }

  #takes(character: string): boolean {
    this.#skipBlanks();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #skipBlanks(): void {
    for (; ; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
    }
  }

  #malformed(problem: string): KernelError {
    return new KernelError("json_malformed", problem, this.#at);
  }

  #tooLarge(problem: string): KernelError {
    return new KernelError("json_too_large", problem, this.#at);
  }
}

function unescape(source: string, position: number): string {
  try {
    return JSON.parse(source) as string;
  } catch {
    throw new KernelError("json_malformed", "the string has an unknown escape", position);
  }
}

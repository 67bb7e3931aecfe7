import { KernelError } from "./errors.ts";
import { JsonScanner } from "./json-scanner.ts";

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
  readonly #scan: JsonScanner;
  readonly #maxDepth: number;
  readonly #maxKeys: number;
  readonly #maxValues: number;
  #keys = 0;
  #values = 0;

  constructor(text: string, { maxDepth = MAX_DEPTH, maxKeys = MAX_KEYS, maxValues = MAX_VALUES }: JsonLimits) {
    this.#scan = new JsonScanner(text);
    this.#maxDepth = Math.min(maxDepth, UTMOST_DEPTH);
    this.#maxKeys = maxKeys;
    this.#maxValues = maxValues;
  }

  document(): JsonValue {
    const value = this.#value(0);
    if (this.#scan.peek() !== undefined) throw this.#scan.malformed("text after the end of the value");
    return value;
  }

  #value(depth: number): JsonValue {
    const first = this.#scan.peek();
    if (++this.#values > this.#maxValues) throw this.#tooLarge(`more than ${this.#maxValues} values`);
    switch (first) {
      case "{":
        return this.#object(this.#deeper(depth));
      case "[":
        return this.#array(this.#deeper(depth));
      case '"':
        return this.#scan.string();
      case "t":
        return this.#scan.word("true", true);
      case "f":
        return this.#scan.word("false", false);
      case "n":
        return this.#scan.word("null", null);
      default:
        return numberOf(this.#scan.number());
    }
  }

  #deeper(depth: number): number {
    if (depth >= this.#maxDepth) throw this.#tooLarge(`more than ${this.#maxDepth} levels`);
    this.#scan.skip();
    return depth + 1;
  }

  #object(depth: number): JsonValue {
    const object = Object.create(null) as { [key: string]: JsonValue };
    if (this.#scan.takes("}")) return object;
    do {
      this.#member(object, depth);
    } while (this.#scan.takes(","));
    if (!this.#scan.takes("}")) throw this.#scan.malformed("expected , or }");
    return object;
  }

  #member(object: { [key: string]: JsonValue }, depth: number): void {
    if (this.#scan.peek() !== '"') throw this.#scan.malformed("expected a member name");
    const start = this.#scan.position;
    const key = this.#scan.string();
    if (key in object) throw new KernelError("json_malformed", "a member is given twice", start);
    if (++this.#keys > this.#maxKeys) throw this.#tooLarge(`more than ${this.#maxKeys} members`);
    if (!this.#scan.takes(":")) throw this.#scan.malformed("expected :");
    object[key] = this.#value(depth);
  }

  #array(depth: number): JsonValue {
    const array: JsonValue[] = [];
    if (this.#scan.takes("]")) return array;
    do {
      array.push(this.#value(depth));
    } while (this.#scan.takes(","));
    if (!this.#scan.takes("]")) throw this.#scan.malformed("expected , or ]");
    return array;
  }

  #tooLarge(problem: string): KernelError {
    return new KernelError("json_too_large", problem, this.#scan.position);
  }
}

function numberOf(source: string): number | RawNumber {
  const value = Number(source);
  return String(value) === source ? value : rawJSON(source);
}

import { KernelError } from "./errors.ts";

const MAX_NUMBER_LENGTH = 1024;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Reads the tokens of a JSON text, one after the other; refusals name their position and quote nothing. */
export class JsonScanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get position(): number {
    return this.#at;
  }

  /** The next character that is no blank; undefined at the end. */
  peek(): string | undefined {
    for (; ; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return this.#text[this.#at];
    }
  }

  /** Moves past one character. */
  skip(): void {
    this.#at++;
  }

  /** Moves past this character if it is the next one. */
  takes(character: string): boolean {
    if (this.peek() !== character) return false;
    this.#at++;
    return true;
  }

  word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw this.malformed("expected a value");
    this.#at += word.length;
    return value;
  }

  /** Source text of a number. */
  number(): string {
    const start = this.#at;
    NUMBER.lastIndex = start;
    const [source] = NUMBER.exec(this.#text) ?? [];
    if (source === undefined) throw this.malformed("expected a value");
    if (source.length > MAX_NUMBER_LENGTH) {
      throw new KernelError("json_too_large", `a number of more than ${MAX_NUMBER_LENGTH} characters`, start);
    }
    this.#at += source.length;
    return source;
  }

  string(): string {
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
      if (!(code >= 0x20)) throw this.malformed("the string is not closed or holds a control character");
      if (code !== BACKSLASH) continue;
      isPlain = false;
      this.#at++;
    }
    this.#at++;
    return isPlain;
  }

  malformed(problem: string): KernelError {
    return new KernelError("json_malformed", problem, this.#at);
  }
}

/** The text that a string with escapes stands for. */
function unescape(source: string, position: number): string {
  try {
    return JSON.parse(source) as string;
  } catch {
    throw new KernelError("json_malformed", "the string has an unknown escape", position);
  }
}

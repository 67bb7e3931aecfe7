import { parse } from "smol-toml";

const bareKey = /[A-Za-z0-9_-]+/y;
const basicString = /"(?:[^"\\\n]|\\.)*"/y;
const literalString = /'[^'\n]*'/y;
/** Numbers, dates, true and false; a date may hold one blank before its time. */
const bareValue = /[^\s,\]}#]+(?: \d[^\s,\]}#]*)?/y;

/** Moves through a TOML text that is known to be valid. */
export class TomlScanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get offset(): number {
    return this.#at;
  }

  isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** Moves past blanks, line ends and comments. */
  skipLines(): void {
    for (;;) {
      this.#match(/\s*/y);
      if (this.#text[this.#at] !== "#") return;
      this.#match(/[^\n]*/y);
    }
  }

  /** Moves past blanks and this character, if it is the next one. */
  takes(character: string): boolean {
    this.#match(/[ \t]*/y);
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  /** One segment of a key. */
  key(): { readonly offset: number; readonly key: string } {
    this.#match(/[ \t]*/y);
    const offset = this.#at;
    const bare = this.#match(bareKey);
    if (bare !== "") return { offset, key: bare };
    const quoted = this.#match(basicString) || this.#match(literalString);
    // Neither: the text is not valid after all, and goes no further here.
    if (quoted === "") this.#at = this.#text.length;
    return { offset, key: quoted === "" ? "" : unquote(quoted) };
  }

  skipScalar(): void {
    this.#match(/[ \t]*/y);
    if (this.#skipLong('"""', true) || this.#skipLong("'''", false)) return;
    const skipped = this.#match(basicString) || this.#match(literalString) || this.#match(bareValue);
    if (skipped === "") this.#at = this.#text.length;
  }

  /** A text over several lines; up to two quotes may stand before the closing three. */
  #skipLong(quotes: string, hasEscapes: boolean): boolean {
    if (!this.#text.startsWith(quotes, this.#at)) return false;
    this.#at += quotes.length;
    while (!this.isAtEnd() && !this.#text.startsWith(quotes, this.#at)) {
      this.#at += hasEscapes && this.#text[this.#at] === "\\" ? 2 : 1;
    }
    this.#at += quotes.length;
    for (let extra = 0; extra < 2 && this.#text[this.#at] === quotes[0]; extra++) this.#at++;
    return true;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found = ""] = pattern.exec(this.#text) ?? [];
    this.#at += found.length;
    return found;
  }
}

/** The library knows every escape of a quoted key. */
function unquote(quoted: string): string {
  return Object.keys(parse(`${quoted} = 0`, { unsafeKeyBehaviour: "keep" }))[0] ?? "";
}

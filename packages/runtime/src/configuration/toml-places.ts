import { TomlScanner } from "./toml-scanner.ts";

type Path = readonly (string | number)[];

/**
 * Where the keys and items of a valid TOML document stand: the library that reads it tells places of syntax errors only.
 * Keys of the map are paths in JSON, such as `["agent","sinks",0,"url"]`; a key is placed at its last segment.
 */
export function tomlPlaces(text: string): ReadonlyMap<string, number> {
  return new TomlPlaces(text).all();
}

class TomlPlaces {
  readonly #scan: TomlScanner;
  readonly #places = new Map<string, number>();
  /** How often each array of tables was begun. */
  readonly #tables = new Map<string, number>();

  constructor(text: string) {
    this.#scan = new TomlScanner(text);
  }

  all(): ReadonlyMap<string, number> {
    let table: Path = [];
    for (;;) {
      this.#scan.skipLines();
      if (this.#scan.isAtEnd()) return this.#places;
      if (this.#scan.takes("[")) table = this.#header();
      else this.#assignment(table);
    }
  }

  #header(): Path {
    const isArray = this.#scan.takes("[");
    const path = this.#key([]);
    this.#scan.takes("]");
    if (!isArray) return path;
    this.#scan.takes("]");
    const name = JSON.stringify(path);
    const index = this.#tables.get(name) ?? 0;
    this.#tables.set(name, index + 1);
    const item = [...path, index];
    this.#place(item, this.#places.get(name) ?? 0);
    return item;
  }

  #assignment(table: Path): void {
    const path = this.#key(table);
    this.#scan.takes("=");
    this.#value(path);
  }

  /** A dotted key below `table`; what is an array of tables means its newest item. */
  #key(table: Path): Path {
    let path = table;
    do {
      const { offset, key } = this.#scan.key();
      path = [...this.#newest(path), key];
      this.#place(path, offset);
    } while (this.#scan.takes("."));
    return path;
  }

  #newest(path: Path): Path {
    const count = this.#tables.get(JSON.stringify(path));
    return count === undefined ? path : [...path, count - 1];
  }

  #value(path: Path): void {
    if (this.#scan.takes("[")) this.#items(path);
    else if (this.#scan.takes("{")) this.#members(path);
    else this.#scan.skipScalar();
  }

  #items(path: Path): void {
    for (let index = 0; ; index++) {
      this.#scan.skipLines();
      if (this.#scan.takes("]") || this.#scan.isAtEnd()) return;
      const item = [...path, index];
      this.#place(item, this.#scan.offset);
      this.#value(item);
      this.#scan.skipLines();
      this.#scan.takes(",");
    }
  }

  #members(path: Path): void {
    for (;;) {
      this.#scan.skipLines();
      if (this.#scan.takes("}") || this.#scan.isAtEnd()) return;
      this.#assignment(path);
      this.#scan.skipLines();
      this.#scan.takes(",");
    }
  }

  /** The first place counts: `[a.b]` after `[a]` does not move a. */
  #place(path: Path, offset: number): void {
    const name = JSON.stringify(path);
    if (!this.#places.has(name)) this.#places.set(name, offset);
  }
}

import { parse, TomlError } from "smol-toml";
import { bounds } from "./bounds.ts";
import type { ConfigurationNode, MapEntry } from "./node.ts";
import type { Origin } from "./origin.ts";
import { tomlPlaces } from "./toml-places.ts";
import { type Parsed, TreeBuilder } from "./tree-builder.ts";

/** Parses a TOML 1.0 document; dates are no settings. */
export function parseTomlText(text: string, at: (offset: number) => Origin): Parsed {
  const builder = new TreeBuilder(at);
  try {
    const table = parse(text, { maxDepth: bounds.maxDepth, unsafeKeyBehaviour: "keep" });
    return builder.result(new TomlReader(builder, tomlPlaces(text)).node(table, [], 0));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    builder.report("syntax", offsetOf(text, error), `this is not TOML: ${sentenceOf(error)}`);
    return builder.result(builder.scalar(null, 0));
  }
}

/** The first line of a message; the others quote the text around (ATTACKS 47). */
function sentenceOf(error: TomlError): string {
  return (error.message.split("\n", 1)[0] ?? "").replace(/^Invalid TOML document: /, "").replace(/\.$/, "");
}

function offsetOf(text: string, { line, column }: TomlError): number {
  let start = 0;
  for (let passed = 1; passed < line; passed++) start = text.indexOf("\n", start) + 1;
  return start + column - 1;
}

class TomlReader {
  readonly #builder: TreeBuilder;
  readonly #places: ReadonlyMap<string, number>;

  constructor(builder: TreeBuilder, places: ReadonlyMap<string, number>) {
    this.#builder = builder;
    this.#places = places;
  }

  node(value: unknown, path: readonly (string | number)[], depth: number): ConfigurationNode {
    const offset = this.#places.get(JSON.stringify(path)) ?? 0;
    if (!this.#builder.admits(offset, depth)) return this.#builder.scalar(null, offset);
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      return this.#builder.scalar(value, offset);
    }
    if (Array.isArray(value)) {
      const items = value.map((item, index) => this.node(item, [...path, index], depth + 1));
      return this.#builder.list(items, offset);
    }
    if (isTable(value)) return this.#map(value, path, offset, depth);
    this.#builder.report("wrong_type", offset, "a date or a time is no value of a setting", "write it in quotes");
    return this.#builder.scalar(null, offset);
  }

  #map(
    table: Readonly<Record<string, unknown>>,
    path: readonly (string | number)[],
    offset: number,
    depth: number,
  ): ConfigurationNode {
    const entries = new Map<string, MapEntry>();
    for (const [key, value] of Object.entries(table)) {
      const node = this.node(value, [...path, key], depth + 1);
      this.#builder.enter(entries, key, this.#places.get(JSON.stringify([...path, key])) ?? offset, node);
    }
    return this.#builder.map(entries, offset);
  }
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !(value instanceof Date);
}

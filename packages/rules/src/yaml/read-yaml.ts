import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseAllDocuments,
  type Scalar,
} from "yaml";
import type { Located, LocatedEntry, LocatedScalar } from "./located.ts";

/** Bounds of one file (ATTACKS 30): a rule with thousands of alternatives stays inside them. */
const yamlLimits = {
  /** UTF-16 units. */
  length: 262_144,
  depth: 24,
  /** Values in all, those that an alias stands for counted each time. */
  values: 50_000,
  aliases: 100,
} as const;

/** What is wrong with a file, and where. */
export interface YamlFault {
  readonly message: string;
  readonly offset: number;
}

export type ReadYaml =
  | { readonly ok: true; readonly root: Located }
  | { readonly ok: false; readonly faults: readonly YamlFault[] };

/** Ends the reading of a file. */
class Refused extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/**
 * Reads one YAML 1.2 document of the core schema: no tags, no merge keys, each key once, and bounded in length, depth,
 * values and aliases.
 */
export function readYaml(text: string): ReadYaml {
  if (text.length > yamlLimits.length) {
    return faulty(`the file is longer than ${yamlLimits.length} characters`, yamlLimits.length);
  }
  const documents = parseAllDocuments(text, options);
  const [document, second] = documents;
  if (document === undefined || !("contents" in document)) return faulty("the file is empty", 0);
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) return { ok: false, faults: faults.slice(0, 10).map(faultOf) };
  if (second !== undefined) return faulty("the file holds several documents", second.range[0]);
  return locate(document, text);
}

const options = {
  version: "1.2",
  schema: "core",
  resolveKnownTags: false,
  merge: false,
  // The parser would compare every key with every other; `Reader` keeps a set.
  uniqueKeys: false,
  stringKeys: true,
  logLevel: "silent",
  prettyErrors: false,
} as const;

function faulty(message: string, offset: number): ReadYaml {
  return { ok: false, faults: [{ message, offset }] };
}

/** The parser's sentences repeat what they are about, which may be long. */
function faultOf({ message, pos }: { readonly message: string; readonly pos: readonly [number, number] }): YamlFault {
  return { message: message.length > 200 ? `${message.slice(0, 200)}…` : message, offset: pos[0] };
}

function locate(document: Document.Parsed, text: string): ReadYaml {
  try {
    return { ok: true, root: new Reader(document, text).read(document.contents, 0, 0) };
  } catch (error) {
    if (error instanceof Refused) return faulty(error.message, error.offset);
    throw error;
  }
}

/** Turns the parser's nodes into located values, and counts them. */
class Reader {
  readonly #document: Document.Parsed;
  readonly #text: string;
  #values = 0;
  #aliases = 0;

  constructor(document: Document.Parsed, text: string) {
    this.#document = document;
    this.#text = text;
  }

  read(node: Node | null, fallback: number, depth: number): Located {
    const offset = node?.range?.[0] ?? fallback;
    this.#values += 1;
    if (this.#values > yamlLimits.values)
      throw new Refused(`the file holds more than ${yamlLimits.values} values`, offset);
    if (depth > yamlLimits.depth) throw new Refused(`the file nests deeper than ${yamlLimits.depth} levels`, offset);
    if (node === null) return { kind: "scalar", offset, value: null, style: "plain", source: "" };
    if (node.tag !== undefined) throw new Refused("tags are not taken", offset);
    if (isAlias(node)) return this.#followAlias(node, offset, depth);
    if (isScalar(node)) return this.#readScalar(node, offset);
    if (isSeq<Node | null>(node)) {
      return { kind: "list", offset, items: node.items.map((item) => this.read(item, offset, depth + 1)) };
    }
    if (isMap<Node, Node | null>(node))
      return { kind: "map", offset, entries: this.#readEntries(node.items, offset, depth) };
    throw new Refused("this is neither a map, a list nor a value", offset);
  }

  #readEntries(
    items: readonly { readonly key: Node; readonly value: Node | null }[],
    fallback: number,
    depth: number,
  ): readonly LocatedEntry[] {
    const keys = new Set<string>();
    return items.map((item) => {
      const key = this.read(item.key, fallback, depth + 1);
      if (key.kind !== "scalar") throw new Refused("a key is one word or text", key.offset);
      const name = typeof key.value === "string" ? key.value : key.source;
      if (keys.has(name)) throw new Refused("this key stands twice in the same map", key.offset);
      keys.add(name);
      return { key: name, offset: key.offset, value: this.read(item.value, key.offset, depth + 1) };
    });
  }

  #readScalar(node: Scalar, offset: number): LocatedScalar {
    const { value } = node;
    const isKnown =
      typeof value === "string" || typeof value === "number" || typeof value === "boolean" || value === null;
    if (!isKnown) throw new Refused("this kind of value is not taken", offset);
    const source = node.source ?? "";
    return { kind: "scalar", offset, value, style: styleOf(node, this.#text[offset]), source };
  }

  /** Aliases of aliases multiply: each one is read anew, and counts. */
  #followAlias(node: Alias, offset: number, depth: number): Located {
    this.#aliases += 1;
    if (this.#aliases > yamlLimits.aliases) throw new Refused(`more than ${yamlLimits.aliases} aliases`, offset);
    const target = node.resolve(this.#document);
    if (target === undefined) throw new Refused("this alias stands for nothing", offset);
    return this.read(target, offset, depth + 1);
  }
}

function styleOf(node: Scalar, first: string | undefined): LocatedScalar["style"] {
  if (node.type === "BLOCK_LITERAL") return "literal";
  if (node.type === "BLOCK_FOLDED") return "folded";
  return first === '"' || first === "'" ? "quoted" : "plain";
}

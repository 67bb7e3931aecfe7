import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  Parser,
  type YAMLError,
} from "yaml";
import { bounds } from "./bounds.ts";
import type { ConfigurationNode, MapEntry } from "./node.ts";
import type { Origin } from "./origin.ts";
import { type Parsed, TreeBuilder } from "./tree-builder.ts";
import { aliasTargets } from "./yaml-aliases.ts";
import { yamlSentences } from "./yaml-sentences.ts";

/** Core schema of YAML 1.2. Keys are compared here: the library's own comparison is quadratic. */
const options = { version: "1.2", schema: "core", uniqueKeys: false, merge: false } as const;

/** Lexemes that stand for nothing in the text: where a document, a flow end or a plain scalar begins. */
const marks: ReadonlySet<string> = new Set(["\u0002", "\u0018", "\u001f"]);

/** Parses a YAML 1.2 document; no tags, no merge keys, few aliases. */
export function parseYamlText(text: string, at: (offset: number) => Origin): Parsed {
  const builder = new TreeBuilder(at);
  const nothing = builder.scalar(null, 0);
  const tokens = tokensOf(text, builder);
  if (tokens === undefined) return builder.result(nothing);
  const [document, second] = [...new Composer(options).compose(tokens)];
  if (document === undefined) return builder.result(nothing);
  if (second !== undefined) builder.report("syntax", second.range[0], "the file has more than one document");
  reportSyntax(document, builder);
  if (builder.problems.length > 0) return builder.result(nothing);
  return builder.result(new YamlReader(document, builder).node(document.contents, 0, 0));
}

/** Token by token, so that what is too deep is given up at once: the rest of the library calls itself for each level. */
function tokensOf(text: string, builder: TreeBuilder): readonly CST.Token[] | undefined {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let [count, offset] = [0, 0];
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (!marks.has(lexeme)) offset += lexeme.length;
    if (parser.stack.length > 2 * bounds.maxDepth) {
      builder.report("too_deep", offset, `there are more than ${bounds.maxDepth} levels`);
      return undefined;
    }
    if (++count > bounds.maxTokens) {
      builder.report("too_large", offset, "there are too many words and signs");
      return undefined;
    }
  }
  tokens.push(...parser.end());
  return tokens;
}

/** The library's sentences quote the text around: ours do not (ATTACKS 47). */
function reportSyntax(document: Document.Parsed, builder: TreeBuilder): void {
  const errors: readonly YAMLError[] = [...document.errors, ...document.warnings];
  // What follows the first error is mostly its echo.
  const [first] = errors.toSorted((left, right) => left.pos[0] - right.pos[0]);
  if (first !== undefined) builder.report("syntax", first.pos[0], `this is not YAML: ${yamlSentences[first.code]}`);
}

class YamlReader {
  readonly #builder: TreeBuilder;
  readonly #targets: ReadonlyMap<object, unknown>;

  constructor(document: Document.Parsed, builder: TreeBuilder) {
    this.#builder = builder;
    const { targets, count, last } = aliasTargets(document);
    this.#targets = targets;
    if (count > bounds.maxAliases)
      builder.report("too_large", last, `there are more than ${bounds.maxAliases} aliases`);
  }

  /** `offset` is where a value stands that is not written at all, as after a key and nothing else. */
  node(value: unknown, offset: number, depth: number): ConfigurationNode {
    const start = rangeStart(value) ?? offset;
    if (!this.#builder.admits(start, depth)) return this.#builder.scalar(null, start);
    if (isAlias(value)) return this.#aliased(this.#targets.get(value), start, depth);
    if (hasTag(value)) {
      this.#builder.report("syntax", start, "a tag (a word that begins with !) is not allowed");
      return this.#builder.scalar(null, start);
    }
    // Without tags, the core schema has these types and no others.
    if (isScalar(value)) return this.#builder.scalar(value.value as string | number | boolean | null, start);
    if (isSeq(value)) return this.#list(value.items, start, depth);
    if (isMap(value)) return this.#map(value.items, start, depth);
    return this.#builder.scalar(null, start);
  }

  #aliased(target: unknown, start: number, depth: number): ConfigurationNode {
    if (target !== undefined) return this.node(target, start, depth + 1);
    this.#builder.report("syntax", start, "an alias has no anchor before it");
    return this.#builder.scalar(null, start);
  }

  #list(items: readonly unknown[], start: number, depth: number): ConfigurationNode {
    return this.#builder.list(
      items.map((item) => this.node(item, start, depth + 1)),
      start,
    );
  }

  #map(pairs: readonly { key: unknown; value: unknown }[], start: number, depth: number): ConfigurationNode {
    const entries = new Map<string, MapEntry>();
    for (const { key, value } of pairs) {
      const offset = rangeStart(key) ?? start;
      const node = this.node(value, offset, depth + 1);
      if (isScalar(key) && typeof key.value === "string") this.#builder.enter(entries, key.value, offset, node);
      else this.#builder.report("syntax", offset, "a key is not text", "write it in quotes");
    }
    return this.#builder.map(entries, start);
  }
}

function rangeStart(value: unknown): number | undefined {
  return (value as { range?: readonly [number, number, number] | null } | null)?.range?.[0];
}

function hasTag(value: unknown): boolean {
  const node = value as { tag?: string; srcToken?: unknown } | null;
  return node?.tag !== undefined;
}

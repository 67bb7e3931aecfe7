import { KernelError } from "@holdfast/kernel/errors";
import { JsonScanner } from "@holdfast/kernel/json-scanner";
import type { ConfigurationNode, MapEntry } from "./node.ts";
import type { Origin } from "./origin.ts";
import { type Parsed, TreeBuilder } from "./tree-builder.ts";

/** Parses an RFC 8259 text; `at` says where an offset is. */
export function parseJsonText(text: string, at: (offset: number) => Origin): Parsed {
  const builder = new TreeBuilder(at);
  try {
    return builder.result(new JsonReader(text, builder).document());
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    const isToldAlready = error.code === "json_too_large" && builder.problems.length > 0;
    if (!isToldAlready) builder.report("syntax", error.position ?? 0, `this is not JSON: ${sentenceOf(error)}`);
    return builder.result(builder.scalar(null, 0));
  }
}

/** Without the position, which is told as line and column. */
function sentenceOf(error: KernelError): string {
  return error.message.replace(/ at position \d+$/, "");
}

class JsonReader {
  readonly #scan: JsonScanner;
  readonly #builder: TreeBuilder;

  constructor(text: string, builder: TreeBuilder) {
    this.#scan = new JsonScanner(text);
    this.#builder = builder;
  }

  document(): ConfigurationNode {
    const node = this.#value(0);
    if (this.#builder.problems.length > 0) return node;
    if (this.#scan.peek() !== undefined) throw this.#scan.malformed("text after the end of the value");
    return node;
  }

  #value(depth: number): ConfigurationNode {
    const first = this.#scan.peek();
    const offset = this.#scan.position;
    if (!this.#builder.admits(offset, depth)) throw new KernelError("json_too_large", "too much", offset);
    switch (first) {
      case "{":
        return this.#object(offset, depth);
      case "[":
        return this.#array(offset, depth);
      case '"':
        return this.#builder.scalar(this.#scan.string(), offset);
      case "t":
        return this.#builder.scalar(this.#scan.word("true", true), offset);
      case "f":
        return this.#builder.scalar(this.#scan.word("false", false), offset);
      case "n":
        return this.#builder.scalar(this.#scan.word("null", null), offset);
      default:
        return this.#builder.scalar(Number(this.#scan.number()), offset);
    }
  }

  #object(offset: number, depth: number): ConfigurationNode {
    this.#scan.skip();
    const entries = new Map<string, MapEntry>();
    if (this.#scan.takes("}")) return this.#builder.map(entries, offset);
    do {
      this.#member(entries, depth);
    } while (this.#scan.takes(","));
    if (!this.#scan.takes("}")) throw this.#scan.malformed("expected , or }");
    return this.#builder.map(entries, offset);
  }

  #member(entries: Map<string, MapEntry>, depth: number): void {
    if (this.#scan.peek() !== '"') throw this.#scan.malformed("expected a member name");
    const offset = this.#scan.position;
    const key = this.#scan.string();
    if (!this.#scan.takes(":")) throw this.#scan.malformed("expected :");
    this.#builder.enter(entries, key, offset, this.#value(depth + 1));
  }

  #array(offset: number, depth: number): ConfigurationNode {
    this.#scan.skip();
    const items: ConfigurationNode[] = [];
    if (this.#scan.takes("]")) return this.#builder.list(items, offset);
    do {
      items.push(this.#value(depth + 1));
    } while (this.#scan.takes(","));
    if (!this.#scan.takes("]")) throw this.#scan.malformed("expected , or ]");
    return this.#builder.list(items, offset);
  }
}

import { bounds } from "./bounds.ts";
import { type ConfigurationNode, forbiddenKeys, type MapEntry } from "./node.ts";
import type { Origin } from "./origin.ts";
import { type Problem, quoteName } from "./problem.ts";

/** What a parser makes of a text; a text with problems is not used, whatever there is of its node. */
export interface Parsed {
  readonly node: ConfigurationNode;
  readonly problems: readonly Problem[];
}

/** Collects what a parser finds, within bounds, and what is wrong with it. */
export class TreeBuilder {
  readonly at: (offset: number) => Origin;
  readonly problems: Problem[] = [];
  #values = 0;
  #isFull = false;

  constructor(at: (offset: number) => Origin) {
    this.at = at;
  }

  report(code: Problem["code"], offset: number, message: string, hint?: string): void {
    if (this.problems.length > bounds.maxProblems) return;
    this.problems.push({ code, path: "", origin: this.at(offset), message, ...(hint === undefined ? {} : { hint }) });
  }

  /** Whether one more value may be added, `depth` levels down; says so once when not. */
  admits(offset: number, depth: number): boolean {
    if (this.#isFull) return false;
    this.#values++;
    const isTooDeep = depth > bounds.maxDepth;
    if (!isTooDeep && this.#values <= bounds.maxValues) return true;
    this.#isFull = true;
    if (isTooDeep) this.report("too_deep", offset, `there are more than ${bounds.maxDepth} levels`);
    else this.report("too_large", offset, `there are more than ${bounds.maxValues} values`);
    return false;
  }

  /** Adds a key to a map; refuses one that is there already, or that reaches into every object (ATTACKS 10). */
  enter(entries: Map<string, MapEntry>, key: string, offset: number, node: ConfigurationNode): void {
    if (entries.has(key)) this.report("duplicate_key", offset, `${quoteName(key)} is given twice`);
    else if (forbiddenKeys.has(key)) this.report("forbidden_key", offset, `${quoteName(key)} is no name of a setting`);
    else entries.set(key, { origin: this.at(offset), node });
  }

  scalar(value: string | number | boolean | null, offset: number): ConfigurationNode {
    return { kind: "scalar", origin: this.at(offset), value };
  }

  list(items: readonly ConfigurationNode[], offset: number): ConfigurationNode {
    return { kind: "list", origin: this.at(offset), items };
  }

  map(entries: ReadonlyMap<string, MapEntry>, offset: number): ConfigurationNode {
    return { kind: "map", origin: this.at(offset), entries };
  }

  result(node: ConfigurationNode): Parsed {
    return { node, problems: this.problems };
  }
}

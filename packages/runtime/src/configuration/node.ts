import type { Origin } from "./origin.ts";

/** What a layer says, before anybody knows what it should say: values, each with its place. */
export type ConfigurationNode = ScalarNode | ListNode | MapNode;

export interface ScalarNode {
  readonly kind: "scalar";
  readonly origin: Origin;
  readonly value: string | number | boolean | null;
}

export interface ListNode {
  readonly kind: "list";
  readonly origin: Origin;
  readonly items: readonly ConfigurationNode[];
}

/** A `Map`, not an object: `__proto__` is a key like any other until it is refused (ATTACKS 10). */
export interface MapNode {
  readonly kind: "map";
  readonly origin: Origin;
  readonly entries: ReadonlyMap<string, MapEntry>;
}

export interface MapEntry {
  /** Of the key. */
  readonly origin: Origin;
  readonly node: ConfigurationNode;
}

/** Names that would reach into every object; no setting is called so. */
export const forbiddenKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** The plain value of a node, for readers that know no places; maps become objects without a prototype. */
export function plainValue(node: ConfigurationNode): unknown {
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "list":
      return node.items.map(plainValue);
    case "map": {
      const object = Object.create(null) as Record<string, unknown>;
      for (const [key, entry] of node.entries) object[key] = plainValue(entry.node);
      return object;
    }
  }
}

/** The origin of the deepest part of `node` that lies on `path`, such as `["url"]` of a sink. */
export function originWithin(node: ConfigurationNode, path: readonly (string | number)[]): Origin {
  const [step, ...rest] = path;
  if (node.kind === "list" && typeof step === "number") {
    const item = node.items[step];
    return item === undefined ? node.origin : originWithin(item, rest);
  }
  if (node.kind === "map" && typeof step === "string") {
    const entry = node.entries.get(step);
    if (entry === undefined) return node.origin;
    return rest.length === 0 ? entry.origin : originWithin(entry.node, rest);
  }
  return node.origin;
}

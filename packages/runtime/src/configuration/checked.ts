import type { ConfigurationNode } from "./node.ts";
import type { Origin } from "./origin.ts";

/** A layer after its check: sections and maps, whose entries merge, and values, which replace each other whole. */
export type Checked = CheckedGroup | CheckedValue;

export interface CheckedGroup {
  readonly kind: "group";
  readonly entries: ReadonlyMap<string, Checked>;
}

export interface CheckedValue {
  readonly kind: "value";
  readonly value: unknown;
  /** Of the key, where there is one. */
  readonly origin: Origin;
  /** As it was written: for readers that check a record themselves and want its places. */
  readonly node: ConfigurationNode;
}

/** A layer that says nothing. */
export const nothing: CheckedGroup = { kind: "group", entries: new Map() };

/** The value that a path leads to. */
export function valueAt(group: CheckedGroup, path: readonly string[]): CheckedValue | undefined {
  let current: Checked | undefined = group;
  for (const key of path) current = current?.kind === "group" ? current.entries.get(key) : undefined;
  return current?.kind === "value" ? current : undefined;
}

import type { Checked, CheckedGroup } from "./checked.ts";

/** Both layers in one: groups entry by entry, and of two values the one of `upper`, lists included. */
export function merge(lower: CheckedGroup, upper: CheckedGroup): CheckedGroup {
  const entries = new Map<string, Checked>(lower.entries);
  for (const [key, above] of upper.entries) {
    const below = entries.get(key);
    entries.set(key, below?.kind === "group" && above.kind === "group" ? merge(below, above) : above);
  }
  return { kind: "group", entries };
}

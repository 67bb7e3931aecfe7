import { didYouMean } from "../near-miss.ts";
import type { Comparison } from "./match.ts";

export type Transform = "base64" | "base64offset" | "utf16le" | "utf16be" | "utf16" | "windash";
export type Placement = "contains" | "startswith" | "endswith";

/** How the values of a field are compared. */
export interface Modifiers {
  readonly kind: "text" | "re" | "cidr" | "exists" | "fieldref" | Comparison;
  readonly transforms: readonly Transform[];
  readonly placement?: Placement;
  /** All values are asked for, and not any. */
  readonly isAll: boolean;
  readonly isCased: boolean;
  readonly isNegated: boolean;
  readonly ignoresCaseOfRegex: boolean;
}

const transforms: ReadonlyMap<string, Transform> = new Map([
  ["base64", "base64"],
  ["base64offset", "base64offset"],
  ["utf16le", "utf16le"],
  ["wide", "utf16le"],
  ["utf16be", "utf16be"],
  ["utf16", "utf16"],
  ["windash", "windash"],
]);
const placements: ReadonlyMap<string, Placement> = new Map([
  ["contains", "contains"],
  ["startswith", "startswith"],
  ["endswith", "endswith"],
]);
const kinds: ReadonlyMap<string, Modifiers["kind"]> = new Map([
  ["re", "re"],
  ["cidr", "cidr"],
  ["exists", "exists"],
  ["fieldref", "fieldref"],
  ["lt", "<"],
  ["lte", "<="],
  ["gt", ">"],
  ["gte", ">="],
]);
const switches: readonly string[] = ["all", "cased", "neq"];
/** Of regular expressions: `m` and `s` change `^`, `$` and `.`, which stand for what they say in one line of arguments. */
const regexFlags: readonly string[] = ["i", "m", "s"];
const explained: ReadonlyMap<string, string> = new Map([
  ["expand", "the agent has no placeholders: write the values themselves"],
  ...["minute", "hour", "day", "week", "month", "year"].map((word): [string, string] => [
    word,
    "times are not taken apart",
  ]),
]);

export type ReadModifiers =
  | { readonly ok: true; readonly modifiers: Modifiers }
  | { readonly ok: false; readonly message: string; readonly hint?: string };

/** Reads the words behind a field, or says which of them is not understood. */
export function readModifiers(words: readonly string[]): ReadModifiers {
  const isRegex = words.includes("re");
  for (const word of words) {
    if (isKnown(word, isRegex)) continue;
    const hint = explained.get(word) ?? didYouMean(word, knownWords);
    const message = `the modifier ${word.length > 32 ? "of this name" : word} is not compiled`;
    return hint === undefined ? { ok: false, message } : { ok: false, message, hint };
  }
  const found = words.flatMap((word) => kinds.get(word) ?? []);
  const placed = words.flatMap((word) => placements.get(word) ?? []);
  const changed = words.flatMap((word) => transforms.get(word) ?? []);
  const isOdd = found.length + placed.length > 1 || (found.length > 0 && changed.length > 0);
  if (isOdd) return { ok: false, message: "these modifiers do not go together" };
  const [placement] = placed;
  return {
    ok: true,
    modifiers: {
      kind: found[0] ?? "text",
      transforms: changed,
      ...(placement === undefined ? {} : { placement }),
      isAll: words.includes("all"),
      isCased: words.includes("cased"),
      isNegated: words.includes("neq"),
      ignoresCaseOfRegex: words.includes("i"),
    },
  };
}

const knownWords: readonly string[] = [...transforms.keys(), ...placements.keys(), ...kinds.keys(), ...switches];

function isKnown(word: string, isRegex: boolean): boolean {
  if (isRegex && regexFlags.includes(word)) return word !== "m";
  return knownWords.includes(word);
}

import { nearMiss } from "@holdfast/kernel/near-miss";
import { didYouMean } from "../near-miss.ts";
import { describe, type Located, type LocatedMap, type LocatedScalar } from "../yaml/located.ts";
import type { IssueList } from "./issue.ts";

/** Reads the keys of a map, and says what is wrong with each; what is wrong comes back as undefined. */
export class Fields {
  readonly map: LocatedMap;
  readonly #issues: IssueList;
  /** Keys that were probably meant by others. */
  readonly #misspelt = new Set<string>();

  constructor(map: LocatedMap, known: readonly string[], issues: IssueList) {
    this.map = map;
    this.#issues = issues;
    for (const { key, offset } of map.entries) {
      if (known.includes(key)) continue;
      const meant = nearMiss(key, known);
      if (meant !== undefined) this.#misspelt.add(meant);
      const hint = meant === undefined ? `there are ${known.join(", ")}` : `did you mean ${meant}?`;
      issues.add("key_unknown", `the key ${shownKey(key)} is not known`, offset, hint);
    }
  }

  get(key: string): Located | undefined {
    return this.map.entries.find((entry) => entry.key === key)?.value;
  }

  /** The value of a key that has to be there. */
  require(key: string): Located | undefined {
    const node = this.get(key);
    if (node === undefined && !this.#misspelt.has(key)) {
      this.#issues.add("key_missing", `the key ${key} is missing`, this.map.offset);
    }
    return node;
  }

  text(key: string, node: Located | undefined, max: number, isOneLine = true): string | undefined {
    return node === undefined ? undefined : readText(key, node, max, this.#issues, isOneLine);
  }

  oneOf<T extends string>(key: string, node: Located | undefined, choices: readonly T[]): T | undefined {
    if (node === undefined) return undefined;
    const found = choices.find((choice) => node.kind === "scalar" && node.value === choice);
    if (found !== undefined) return found;
    const near = node.kind === "scalar" ? didYouMean(String(node.value), choices) : undefined;
    this.#issues.add("value_invalid", `${key} is one of ${choices.join(", ")}`, node.offset, near);
    return undefined;
  }

  /** A list of texts; one text stands for a list of one. */
  texts(key: string, maxItems: number, max: number): readonly LocatedText[] {
    const node = this.get(key);
    if (node === undefined || (node.kind === "scalar" && node.value === null)) return [];
    const items = node.kind === "list" ? node.items : [node];
    if (items.length > maxItems)
      this.#issues.add("value_invalid", `${key} has more than ${maxItems} items`, node.offset);
    return items.slice(0, maxItems).flatMap((item) => {
      const value = readText(key, item, max, this.#issues, false);
      return value === undefined ? [] : [{ value, offset: item.offset }];
    });
  }
}

export interface LocatedText {
  readonly value: string;
  readonly offset: number;
}

/** Keys as messages repeat them. */
export function shownKey(key: string): string {
  return key.length <= 64 && /^[\x21-\x7e]+$/.test(key) ? key : "of this name";
}

function readText(key: string, node: Located, max: number, issues: IssueList, isOneLine: boolean): string | undefined {
  const text = node.kind === "scalar" ? asText(node) : undefined;
  if (text === undefined) {
    issues.add("value_invalid", `${key} is a text, not ${describe(node)}`, node.offset);
    return undefined;
  }
  const problem = textProblem(text, max, isOneLine);
  if (problem === undefined) return text;
  issues.add("value_invalid", `${key} ${problem}`, node.offset);
  return undefined;
}

/** Numbers without quotes are taken as they are written. */
function asText(node: LocatedScalar): string | undefined {
  if (typeof node.value === "string") return node.value.trim();
  return typeof node.value === "number" ? node.source : undefined;
}

/** What is shown on terminals and in mails must not steer them. */
function textProblem(text: string, max: number, isOneLine: boolean): string | undefined {
  if (text === "") return "is empty";
  if (text.length > max) return `is longer than ${max} characters`;
  if (isOneLine && text.includes("\n")) return "has more than one line";
  return /[^\P{C}\n\t]|\p{Zl}|\p{Zp}/u.test(text) ? "holds a control or invisible character" : undefined;
}

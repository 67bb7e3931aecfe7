import { didYouMean } from "../near-miss.ts";
import { describe, type Located, type LocatedMap } from "../yaml/located.ts";
import { type Condition, ConditionRefused, isMeant, parseCondition } from "./condition.ts";
import { compileField, type Compilation } from "./field.ts";
import { allOf, anyOf, type Match } from "./match.ts";
import { parsePattern, surround } from "./pattern.ts";

/** Compiles `detection`: the conditions (any of them), with the selections that they name. */
export function compileDetection(detection: LocatedMap, compilation: Compilation): Match | undefined {
  const { reasons } = compilation;
  const timeframe = detection.entries.find((entry) => entry.key === "timeframe");
  if (timeframe !== undefined) {
    const message = "a timeframe belongs to an aggregation; one row is judged at a time";
    reasons.add("aggregation", message, "detection.timeframe", timeframe.offset);
  }
  const condition = detection.entries.find((entry) => entry.key === "condition");
  if (condition === undefined)
    return reasons.add("key_missing", "the condition is missing", "detection", detection.offset);
  const list = condition.value.kind === "list" ? condition.value.items : [condition.value];
  const selections = new Selections(detection, compilation);
  return combine(
    list.map((node) => compileCondition(node, selections, compilation)),
    anyOf,
  );
}

/** What is made of parts is there when all of them are. */
function combine(parts: readonly (Match | undefined)[], make: (matches: readonly Match[]) => Match): Match | undefined {
  const matches = parts.filter((part) => part !== undefined);
  return matches.length === parts.length && matches.length > 0 ? make(matches) : undefined;
}

function compileCondition(node: Located, selections: Selections, { reasons }: Compilation): Match | undefined {
  const part = "detection.condition";
  if (node.kind !== "scalar" || typeof node.value !== "string") {
    return reasons.add("condition_invalid", `a condition is a text, not ${describe(node)}`, part, node.offset);
  }
  try {
    return selections.resolve(parseCondition(node.value), node.offset);
  } catch (error) {
    if (!(error instanceof ConditionRefused)) throw error;
    return reasons.add(error.code, error.message, part, node.offset + error.offset);
  }
}

/** The selections of a rule, each compiled when a condition first names it. */
class Selections {
  readonly #nodes: ReadonlyMap<string, Located>;
  readonly #compilation: Compilation;
  readonly #compiled = new Map<string, Match | undefined>();

  constructor(detection: LocatedMap, compilation: Compilation) {
    const entries = detection.entries.filter(({ key }) => key !== "condition" && key !== "timeframe");
    this.#nodes = new Map(entries.map(({ key, value }) => [key, value]));
    this.#compilation = compilation;
  }

  /** `offset` is where the condition stands in the file. */
  resolve(condition: Condition, offset: number): Match | undefined {
    switch (condition.kind) {
      case "and":
      case "or":
        return combine(
          condition.terms.map((term) => this.resolve(term, offset)),
          condition.kind === "and" ? allOf : anyOf,
        );
      case "not": {
        const term = this.resolve(condition.term, offset);
        return term && { kind: "not", term };
      }
      case "selection":
        return this.#named(condition.name, offset + condition.offset);
      case "of":
        return this.#several(condition, offset + condition.offset);
    }
  }

  #named(name: string, offset: number): Match | undefined {
    const node = this.#nodes.get(name);
    if (node === undefined) {
      const hint = didYouMean(name, [...this.#nodes.keys()]);
      return this.#compilation.reasons.add(
        "selection_unknown",
        "no selection has this name",
        "detection.condition",
        offset,
        hint,
      );
    }
    if (!this.#compiled.has(name))
      this.#compiled.set(name, compileSelection(node, `detection.${name}`, this.#compilation));
    return this.#compiled.get(name);
  }

  #several({ isEvery, pattern }: Extract<Condition, { kind: "of" }>, offset: number): Match | undefined {
    const names = [...this.#nodes.keys()].filter((name) => isMeant(name, pattern));
    if (names.length === 0) {
      return this.#compilation.reasons.add(
        "selection_unknown",
        "no selection is meant by this",
        "detection.condition",
        offset,
      );
    }
    return combine(
      names.map((name) => this.#named(name, offset)),
      isEvery ? allOf : anyOf,
    );
  }
}

/** A map asks for all of its fields, a list for any of its items; texts in a list are looked for anywhere. */
function compileSelection(node: Located, part: string, compilation: Compilation): Match | undefined {
  if (node.kind === "map") return compileMap(node, part, compilation);
  if (node.kind === "scalar") return compileKeyword(node, part, compilation);
  if (node.items.length === 0)
    return compilation.reasons.add("value_invalid", "the selection is empty", part, node.offset);
  return combine(
    node.items.map((item) => compileSelection(item, part, compilation)),
    anyOf,
  );
}

function compileMap(map: LocatedMap, part: string, compilation: Compilation): Match | undefined {
  if (map.entries.length === 0)
    return compilation.reasons.add("value_invalid", "the selection is empty", part, map.offset);
  const parts = map.entries.map(({ key, offset, value }) =>
    key.startsWith("|")
      ? compileKeywords(key, offset, value, part, compilation)
      : compileField(key, offset, value, compilation, `${part}.${key}`),
  );
  return combine(parts, allOf);
}

/** `'|all': [a, b]` looks for all of the keywords. */
function compileKeywords(
  key: string,
  offset: number,
  node: Located,
  part: string,
  compilation: Compilation,
): Match | undefined {
  if (key !== "|all" || node.kind !== "list" || node.items.length === 0) {
    const message = "keywords have no modifier but all, and are a list";
    return compilation.reasons.add("modifier_unknown", message, part, offset);
  }
  return combine(
    node.items.map((item) => compileKeyword(item, part, compilation)),
    allOf,
  );
}

function compileKeyword(node: Located, part: string, { logSource, reasons, notes }: Compilation): Match | undefined {
  const text = node.kind === "scalar" && node.value !== null ? String(node.value) : "";
  if (text === "") return reasons.add("value_invalid", `a keyword is a text, not ${describe(node)}`, part, node.offset);
  if (text.length > 1_000)
    return reasons.add("too_large", "the keyword is longer than 1000 characters", part, node.offset);
  notes.add(`keywords are looked for in ${logSource.keywordColumns.join(", ")}`);
  const pieces = surround(parsePattern(text), true, true);
  return anyOf(logSource.keywordColumns.map((column) => ({ kind: "text", column, pieces, isCased: false })));
}

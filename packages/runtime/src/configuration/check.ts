import {
  checkBoolean,
  checkChoice,
  checkDuration,
  checkInteger,
  checkPath,
  checkSecret,
  checkText,
  type Judgement,
} from "./check-value.ts";
import { bounds } from "./bounds.ts";
import { type Checked, type CheckedGroup, nothing } from "./checked.ts";
import { completeSection } from "./complete.ts";
import type { Field, ItemField, ListField, MapField, SectionField } from "./field.ts";
import { nearMiss } from "./near-miss.ts";
import { type ConfigurationNode, type MapEntry, type MapNode, plainValue } from "./node.ts";
import type { Origin } from "./origin.ts";
import { type Problem, quoteName } from "./problem.ts";
import { settingsOf } from "./setting-names.ts";

/** A layer that was held against its schema, and everything that is wrong with it. */
export interface CheckedLayer {
  readonly group: CheckedGroup;
  readonly problems: readonly Problem[];
}

/** Checks one layer alone, so that a mistake is told even where a higher layer covers it. */
export function checkLayer(node: ConfigurationNode, schema: SectionField, workingFolder: string): CheckedLayer {
  const checker = new Checker(workingFolder);
  const group = checker.section(node, schema, "");
  return { group, problems: checker.problems };
}

class Checker {
  readonly problems: Problem[] = [];
  readonly #workingFolder: string;

  constructor(workingFolder: string) {
    this.#workingFolder = workingFolder;
  }

  section(node: ConfigurationNode, schema: SectionField, path: string): CheckedGroup {
    const map = this.#mapOf(node, path, "a map of settings");
    if (map === undefined) return nothing;
    const entries = new Map<string, Checked>();
    for (const [key, entry] of map.entries) {
      const field = Object.hasOwn(schema.fields, key) ? schema.fields[key] : undefined;
      if (field === undefined) this.#unknown(key, entry.origin, schema, path);
      else this.#enter(entries, key, entry, field, path);
    }
    return { kind: "group", entries };
  }

  #enter(entries: Map<string, Checked>, key: string, entry: MapEntry, field: Field, path: string): void {
    const checked = this.#field(entry, field, path === "" ? key : `${path}.${key}`);
    if (checked !== undefined) entries.set(key, checked);
  }

  #field({ node, origin }: MapEntry, field: Field, path: string): Checked | undefined {
    if (field.kind === "section") return this.section(node, field, path);
    if (field.kind === "map") return this.#map(node, field, path);
    const value = this.#value(node, field, path);
    return value === undefined ? undefined : { kind: "value", value: value.value, origin, node };
  }

  #map(node: ConfigurationNode, field: MapField, path: string): CheckedGroup {
    const map = this.#mapOf(node, path, "a map");
    if (map === undefined) return nothing;
    if (map.entries.size > field.maxItems) {
      this.#report(map.origin, path, "too_large", `has more than ${field.maxItems} entries`);
    }
    const entries = new Map<string, Checked>();
    for (const [key, entry] of map.entries) {
      if (/^[\w.-]{1,64}$/.test(key)) this.#enter(entries, key, entry, field.item, path);
      else this.#report(entry.origin, path, "wrong_type", `has a name of another form than letters, digits, ._-`);
    }
    return { kind: "group", entries };
  }

  /** A value that replaces another whole; undefined when something is wrong with it. */
  #value(node: ConfigurationNode, field: ItemField, path: string): { readonly value: unknown } | undefined {
    if (field.kind === "list") return this.#list(node, field, path);
    if (field.kind === "section") return this.#whole(node, field, path);
    const judgement = this.#judge(node, field);
    if (judgement.ok) return judgement;
    this.#report(node.origin, path, judgement.code, judgement.message, judgement.hint);
    return undefined;
  }

  #judge(node: ConfigurationNode, field: Exclude<ItemField, ListField | SectionField>): Judgement<unknown> {
    switch (field.kind) {
      case "text":
        return checkText(node, field);
      case "integer":
        return checkInteger(node, field);
      case "duration":
        return checkDuration(node, field);
      case "boolean":
        return checkBoolean(node);
      case "choice":
        return checkChoice(node, field);
      case "path":
        return checkPath(node, field, this.#workingFolder);
      case "secret":
        return checkSecret(node, this.#workingFolder);
      case "record":
        if (node.kind === "map") return { ok: true, value: plainValue(node) };
        return { ok: false, code: "wrong_type", message: "is not a map" };
    }
  }

  #list(node: ConfigurationNode, field: ListField, path: string): { readonly value: unknown } | undefined {
    if (node.kind !== "list") {
      this.#report(node.origin, path, "wrong_type", "is not a list");
      return undefined;
    }
    if (node.items.length > field.maxItems) {
      this.#report(node.origin, path, "too_large", `has more than ${field.maxItems} items`);
      return undefined;
    }
    const items = node.items.map((item, index) => this.#value(item, field.item, `${path}[${index}]`));
    return { value: items.flatMap((item) => (item === undefined ? [] : [item.value])) };
  }

  /** A section that is an item of a list: nothing merges with it, so that it is complete here or never. */
  #whole(node: ConfigurationNode, field: SectionField, path: string): { readonly value: unknown } {
    const { value, problems } = completeSection(this.section(node, field, path), field, path, node.origin);
    // What is there and wrong was told already.
    const told = new Set(this.problems.map((problem) => problem.path));
    if (!told.has(path)) for (const problem of problems) if (!told.has(problem.path)) this.#add(problem);
    return { value };
  }

  /** Nothing after a key, as when all settings below it are commented out, is an empty map. */
  #mapOf(node: ConfigurationNode, path: string, kind: string): MapNode | undefined {
    if (node.kind === "map") return node;
    if (node.kind !== "scalar" || node.value !== null) this.#report(node.origin, path, "wrong_type", `is not ${kind}`);
    return undefined;
  }

  #unknown(key: string, origin: Origin, schema: SectionField, path: string): void {
    const near = nearMiss(key, Object.keys(schema.fields)) ?? nearMissBelow(key, schema);
    const hint = near === undefined ? `known here: ${Object.keys(schema.fields).join(", ")}` : `did you mean ${near}?`;
    const name = path === "" ? key : `${path}.${key}`;
    this.#add({ code: "unknown_setting", path: name, origin, message: `${quoteName(name)} is not a setting`, hint });
  }

  #report(origin: Origin, path: string, code: Problem["code"], end: string, hint?: string): void {
    const message = `${path === "" ? "the file" : path} ${end}`;
    this.#add({ code, path, origin, message, ...(hint === undefined ? {} : { hint }) });
  }

  /** One more than is shown, so that the reader knows that there are more. */
  #add(problem: Problem): void {
    if (this.problems.length <= bounds.maxProblems) this.problems.push(problem);
  }
}

/** A setting of a section below: the right name in the wrong place. */
function nearMissBelow(key: string, schema: SectionField): string | undefined {
  const below = new Map(settingsOf(schema).map(({ path }) => [path.at(-1) ?? "", path.join(".")]));
  return below.get(nearMiss(key, [...below.keys()]) ?? "");
}

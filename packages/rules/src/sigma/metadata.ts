import type { RuleSource, Severity } from "../rule/rule.ts";
import { ruleLimits, severities } from "../rule/rule.ts";
import type { Located, LocatedMap } from "../yaml/located.ts";
import type { Reasons } from "./reason.ts";

/** What a Sigma rule says of itself. */
export interface SigmaMetadata {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly attack: readonly string[];
  readonly falsePositives: readonly string[];
  readonly source: RuleSource;
}

/** Licence of the public rules; a rule that has another one says so. */
const defaultLicense = "Detection Rule License 1.1";

/** Reads title, id, author, licence, references, level, tags and false positives; texts are made fit to be shown. */
export function readMetadata(rule: LocatedMap, reasons: Reasons): SigmaMetadata | undefined {
  const title = textOf(rule, "title", ruleLimits.title);
  if (title === undefined) return reasons.add("key_missing", "the title is missing", "title", rule.offset);
  const severity = readLevel(rule, reasons);
  if (severity === undefined) return undefined;
  const id = textOf(rule, "id", ruleLimits.id);
  const author = textOf(rule, "author", 512);
  return {
    id: id !== undefined && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(id) ? id : `sigma-${slug(title)}`,
    title,
    description: textOf(rule, "description", ruleLimits.description) ?? title,
    severity,
    attack: attackIds(textsOf(rule, "tags")),
    falsePositives: textsOf(rule, "falsepositives"),
    source: {
      kind: "sigma",
      ...(id === undefined ? {} : { id }),
      ...(author === undefined ? {} : { author }),
      license: textOf(rule, "license", ruleLimits.title) ?? defaultLicense,
      references: textsOf(rule, "references"),
    },
  };
}

function nodeOf(rule: LocatedMap, key: string): Located | undefined {
  return rule.entries.find((entry) => entry.key === key)?.value;
}

function readLevel(rule: LocatedMap, reasons: Reasons): Severity | undefined {
  const node = nodeOf(rule, "level");
  if (node === undefined) return "medium";
  const level = severities.find((severity) => node.kind === "scalar" && node.value === severity);
  return level ?? reasons.add("value_invalid", `the level is one of ${severities.join(", ")}`, "level", node.offset);
}

function textOf(rule: LocatedMap, key: string, max: number): string | undefined {
  const node = nodeOf(rule, key);
  const text = node === undefined ? undefined : shownText(node, max);
  return text === "" ? undefined : text;
}

function textsOf(rule: LocatedMap, key: string): readonly string[] {
  const node = nodeOf(rule, key);
  const items = node === undefined ? [] : node.kind === "list" ? node.items : [node];
  return items.slice(0, ruleLimits.list).flatMap((item) => shownText(item, ruleLimits.note) || []);
}

/** In one line, without what could steer a terminal, and no longer than alerts hold. */
function shownText(node: Located, max: number): string {
  if (node.kind !== "scalar" || node.value === null) return "";
  const text = String(node.value)
    .replaceAll(/[\p{C}\p{Z}\s]+/gu, " ")
    .trim();
  return text.length > max ? `${text.slice(0, max - 1).toWellFormed()}…` : text;
}

function attackIds(tags: readonly string[]): readonly string[] {
  const ids = tags.flatMap((tag) => /^attack\.(t[0-9]{4}(?:\.[0-9]{3})?)$/i.exec(tag)?.[1]?.toUpperCase() ?? []);
  return [...new Set(ids)];
}

function slug(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(0, 100);
}

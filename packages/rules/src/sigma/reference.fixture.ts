import { parse } from "yaml";

/** A row of process_events, as far as Sigma's fields reach. */
export type EventRow = Readonly<Record<string, string | number>>;

type Detection = Record<string, unknown>;
type Scalar = string | number | boolean | null;

const columns: Readonly<Record<string, string>> = {
  Image: "path",
  CommandLine: "cmdline",
  CurrentDirectory: "cwd",
  User: "username",
  ProcessId: "pid",
  ParentProcessId: "parent",
  ParentImage: "parent_path",
  ParentCommandLine: "parent_cmdline",
  LogonId: "uid",
};

const searched = ["cmdline", "path", "cwd", "username", "parent_path", "parent_cmdline"];

/**
 * Sigma's detection over one row, as slowly and as close to the words of the specification as can be: the SQL of the
 * compiler has to agree with it.
 */
export function sigmaReference(rule: string): (row: EventRow) => boolean {
  const { detection } = parse(rule) as { detection: Detection };
  const conditions = [detection["condition"]].flat() as string[];
  return (row) => {
    const isStart = row["type"] === "exec" || row["type"] === "found";
    return isStart && conditions.some((condition) => holds(condition, detection, row));
  };
}

/** Cuts a condition at its outermost `or`, then at `and`, then looks at `not`, parentheses, `of` and names. */
function holds(condition: string, detection: Detection, row: EventRow): boolean {
  const text = condition.trim();
  const alternatives = splitOutside(text, " or ");
  if (alternatives.length > 1) return alternatives.some((part) => holds(part, detection, row));
  const parts = splitOutside(text, " and ");
  if (parts.length > 1) return parts.every((part) => holds(part, detection, row));
  if (text.startsWith("not ")) return !holds(text.slice(4), detection, row);
  if (text.startsWith("(")) return holds(text.slice(1, -1), detection, row);
  const of = /^(1|any|all) of (\S+)$/.exec(text);
  if (of === null) return selectionHolds(detection[text], row);
  const names = Object.keys(detection).filter((name) => name !== "condition" && isMeant(name, of[2]!));
  return of[1] === "all"
    ? names.every((name) => selectionHolds(detection[name], row))
    : names.some((name) => selectionHolds(detection[name], row));
}

function splitOutside(text: string, word: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === "(") depth += 1;
    if (text[index] === ")") depth -= 1;
    if (depth === 0 && text.startsWith(word, index)) {
      parts.push(text.slice(start, index));
      start = index + word.length;
    }
  }
  return [...parts, text.slice(start)];
}

function isMeant(name: string, pattern: string): boolean {
  if (pattern === "them") return !name.startsWith("_");
  return new RegExp(`^${pattern.split("*").map(escaped).join(".*")}$`).test(name);
}

function selectionHolds(selection: unknown, row: EventRow): boolean {
  if (Array.isArray(selection)) return selection.some((item) => selectionHolds(item, row));
  if (typeof selection !== "object" || selection === null) {
    return searched.some((column) => wildcard(".*", String(selection), ".*", "is").test(String(row[column])));
  }
  return Object.entries(selection).every(([key, value]) => fieldHolds(key, value, row));
}

function fieldHolds(key: string, value: unknown, row: EventRow): boolean {
  const [field, ...modifiers] = key.split("|");
  const values = [value].flat() as Scalar[];
  if (field === "") return values.every((keyword) => selectionHolds(keyword, row));
  const content = row[columns[field!]!]!;
  const found = modifiers.includes("all")
    ? values.every((one) => valueHolds(one, modifiers, content, row))
    : values.some((one) => valueHolds(one, modifiers, content, row));
  return modifiers.includes("neq") ? !found : found;
}

function valueHolds(value: Scalar, modifiers: readonly string[], content: string | number, row: EventRow): boolean {
  const has = (modifier: string): boolean => modifiers.includes(modifier);
  const isKnown = content !== "" && content !== -1;
  if (has("exists")) return isKnown === value;
  if (has("re")) return new RegExp(String(value), has("i") ? "is" : "s").test(String(content));
  if (has("fieldref")) return String(content).toLowerCase() === String(row[columns[String(value)]!]).toLowerCase();
  if (has("lt")) return Number(content) < Number(value);
  if (has("lte")) return Number(content) <= Number(value);
  if (has("gt")) return Number(content) > Number(value);
  if (has("gte")) return Number(content) >= Number(value);
  if (value === null || value === "") return !isKnown;
  if (/^\*+$/.test(String(value))) return isKnown;
  const before = has("contains") || has("endswith") ? ".*" : "";
  const after = has("contains") || has("startswith") ? ".*" : "";
  return wildcard(before, String(value), after, has("cased") ? "s" : "is").test(String(content));
}

/** `*` any characters, `?` one; a backslash takes that from them and from itself. */
function wildcard(before: string, pattern: string, after: string, flags: string): RegExp {
  const source = pattern.replaceAll(/\\([*?\\])|\*|\?|[^*?]/gs, (whole, plain: string | undefined) => {
    if (plain !== undefined) return escaped(plain);
    return whole === "*" ? ".*" : whole === "?" ? "." : escaped(whole);
  });
  return new RegExp(`^${before}${source}${after}$`, flags);
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

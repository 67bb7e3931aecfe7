import { didYouMean } from "../near-miss.ts";
import { globsOf } from "../regex/globs.ts";
import { RegexRefused } from "../regex/parse-regex.ts";
import { sqlLimits } from "../sql/limits.ts";
import { describe, type Located, type LocatedScalar } from "../yaml/located.ts";
import { cidrPatterns } from "./cidr.ts";
import { type LogSource, missingFields, type SigmaField } from "./logsource.ts";
import { allOf, anyOf, type Match, type Piece } from "./match.ts";
import { type Modifiers, readModifiers } from "./modifiers.ts";
import { parsePattern, surround } from "./pattern.ts";
import type { Reasons, SigmaReasonCode } from "./reason.ts";
import { transform } from "./transform.ts";

/** What a rule is compiled with. */
export interface Compilation {
  readonly logSource: LogSource;
  readonly reasons: Reasons;
  /** What whoever reads the compiled rule has to know. */
  readonly notes: Set<string>;
}

/** One `field|modifiers: values` of a selection; `part` is its place in the rule. */
interface Item {
  readonly field: SigmaField;
  readonly modifiers: Modifiers;
  readonly compilation: Compilation;
  readonly part: string;
}

/** Compiles one key of a selection with its values; undefined when it cannot be, which the reasons then say. */
export function compileField(
  key: string,
  offset: number,
  node: Located,
  compilation: Compilation,
  part: string,
): Match | undefined {
  const [name, ...words] = key.split("|");
  const field = findField(name!, offset, compilation, part);
  const read = readModifiers(words);
  if (!read.ok) return compilation.reasons.add("modifier_unknown", read.message, part, offset, read.hint);
  if (field === undefined) return undefined;
  if (field.note !== undefined) compilation.notes.add(field.note);
  return compileValues(node, { field, modifiers: read.modifiers, compilation, part });
}

function findField(
  name: string,
  offset: number,
  { logSource, reasons }: Compilation,
  part: string,
): SigmaField | undefined {
  const field = logSource.fields.get(name);
  if (field !== undefined) return field;
  const known = [...logSource.fields.keys()];
  const hint = missingFields.get(name) ?? didYouMean(name, known) ?? `there are ${known.join(", ")}`;
  return reasons.add("field_unknown", `no column of ${logSource.table} holds this field`, part, offset, hint);
}

function compileValues(node: Located, item: Item): Match | undefined {
  const values = node.kind === "list" ? node.items : [node];
  if (values.length === 0) return refuse(item, "value_invalid", "there are no values", node.offset);
  const matches = values.map((value) =>
    value.kind === "scalar"
      ? compileValue(value, item)
      : refuse(item, "value_invalid", `a value is a text or a number, not ${describe(value)}`, value.offset),
  );
  const compiled = matches.filter((match) => match !== undefined);
  if (compiled.length < matches.length) return undefined;
  const match = item.modifiers.isAll ? allOf(compiled) : anyOf(compiled);
  return item.modifiers.isNegated ? { kind: "not", term: match } : match;
}

function refuse(item: Item, code: SigmaReasonCode, message: string, offset: number, hint?: string): undefined {
  return item.compilation.reasons.add(code, message, item.part, offset, hint);
}

function compileValue(value: LocatedScalar, item: Item): Match | undefined {
  switch (item.modifiers.kind) {
    case "text":
      return compileText(value, item);
    case "re":
      return compileRegex(value, item);
    case "cidr":
      return compileCidr(value, item);
    case "exists":
      return compileExists(value, item);
    case "fieldref":
      return compileFieldRef(value, item);
    default:
      return compileNumber(value, item, item.modifiers.kind);
  }
}

/** Whoever writes a number or true without quotes means these characters. */
function textOf({ value, source }: LocatedScalar): string {
  return typeof value === "string" ? value : source;
}

/** The agent writes an empty text, or -1, where it does not know. */
function unknown({ column, type }: SigmaField): Match {
  return type === "text"
    ? { kind: "text", column, pieces: [], isCased: true }
    : { kind: "number", column, comparison: "=", value: -1 };
}

function compileText(value: LocatedScalar, item: Item): Match | undefined {
  const { field, modifiers } = item;
  const text = textOf(value);
  if (value.value === null || text === "") {
    if (modifiers.placement === undefined) return unknown(field);
    return refuse(
      item,
      "value_invalid",
      "nothing is in everything",
      value.offset,
      "leave the modifier out for an empty field",
    );
  }
  if (field.isHash === true) return compileHash(text, value.offset, item);
  const changed = transform(text, modifiers.transforms);
  if (!changed.ok) return refuse(item, "modifier_unknown", changed.message, value.offset);
  if (field.type === "integer") return compileNumber(value, item, "=");
  const matches = changed.values.map((one) => compilePattern(one, value.offset, item));
  const compiled = matches.filter((match) => match !== undefined);
  return compiled.length < matches.length ? undefined : anyOf(compiled);
}

function compilePattern(text: string, offset: number, item: Item): Match | undefined {
  const { placement, isCased } = item.modifiers;
  const before = placement === "contains" || placement === "endswith";
  const after = placement === "contains" || placement === "startswith";
  const pieces = surround(parsePattern(text), before, after);
  return isTooLarge(pieces, offset, item) ? undefined : { kind: "text", column: item.field.column, pieces, isCased };
}

function isTooLarge(pieces: readonly Piece[], offset: number, item: Item): boolean {
  const length = pieces.reduce((sum, piece) => sum + (typeof piece === "string" ? 1 : piece.text.length * 3), 0);
  const wildcards = pieces.filter((piece) => piece === "any").length;
  if (length <= sqlLimits.patternLength && wildcards <= sqlLimits.patternWildcards) return false;
  refuse(item, "too_large", "the value is too long, or has too many wildcards", offset);
  return true;
}

function compileHash(text: string, offset: number, item: Item): Match | undefined {
  const hash = /^\*?(?:SHA256=)?([0-9A-Fa-f]{64})\*?$/i.exec(text)?.[1];
  if (hash !== undefined)
    return { kind: "text", column: item.field.column, pieces: [{ text: hash.toLowerCase() }], isCased: true };
  return refuse(item, "value_invalid", "the agent computes SHA-256 only", offset, "write SHA256= and 64 hex digits");
}

function compileNumber(value: LocatedScalar, item: Item, comparison: "=" | "<" | "<=" | ">" | ">="): Match | undefined {
  const { field } = item;
  const text = textOf(value);
  if (field.type === "text") {
    return refuse(item, "value_invalid", "this field holds texts, which are not less or greater", value.offset);
  }
  const number = field.words?.get(text.toLowerCase()) ?? wholeNumber(text);
  if (number !== undefined && item.modifiers.placement === undefined) {
    return { kind: "number", column: field.column, comparison, value: number };
  }
  return refuse(item, "value_invalid", "this field holds whole numbers", value.offset, "write one, without wildcards");
}

/** Sigma rules write ids in hex too. */
function wholeNumber(text: string): number | undefined {
  const number = /^(-?[0-9]{1,16}|0x[0-9A-Fa-f]{1,13})$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}

function compileRegex(value: LocatedScalar, item: Item): Match | undefined {
  const { field, modifiers } = item;
  if (field.type === "integer") return refuse(item, "regex", "this field holds whole numbers", value.offset);
  try {
    return { kind: "globs", column: field.column, globs: globsOf(textOf(value), modifiers.ignoresCaseOfRegex) };
  } catch (error) {
    if (!(error instanceof RegexRefused)) throw error;
    const hint =
      "SQLite has no regular expressions; what a list of GLOB patterns can say is compiled, such as {1,8} for +";
    return refuse(item, "regex", `${error.message} (at character ${error.offset + 1})`, value.offset, hint);
  }
}

function compileCidr(value: LocatedScalar, item: Item): Match | undefined {
  const { column, type } = item.field;
  const patterns = type === "text" && column.endsWith("address") ? cidrPatterns(textOf(value)) : undefined;
  if (patterns === undefined) {
    const hint = "IPv4 networks, and IPv6 ones of /8 to /16 and /128, of a field that holds addresses";
    return refuse(item, "value_invalid", "this network cannot be compared with the field", value.offset, hint);
  }
  return anyOf(patterns.map((pieces) => ({ kind: "text", column, pieces, isCased: true })));
}

function compileExists(value: LocatedScalar, item: Item): Match | undefined {
  if (typeof value.value !== "boolean") return refuse(item, "value_invalid", "exists is true or false", value.offset);
  item.compilation.notes.add("a field exists when the agent could read it");
  return value.value ? { kind: "not", term: unknown(item.field) } : unknown(item.field);
}

function compileFieldRef(value: LocatedScalar, item: Item): Match | undefined {
  const other = findField(textOf(value), value.offset, item.compilation, item.part);
  if (other === undefined) return undefined;
  const { column, type } = item.field;
  if (other.type === type) return { kind: "same", column, other: other.column, type };
  return refuse(item, "value_invalid", "a text is compared with a number", value.offset);
}

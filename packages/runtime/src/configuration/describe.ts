import { printDuration } from "./duration.ts";
import type { Field, SectionField } from "./field.ts";
import { settingsOf, variableOf } from "./setting-names.ts";

/** What documentation, `--help` and `config show` say of a setting. */
export interface SettingDescription {
  /** `store.batchRows`; settings of a list's items as `watch[].category`. */
  readonly path: string;
  /** Undefined for what is told by a variable only as part of its list. */
  readonly variable: string | undefined;
  readonly type: string;
  readonly default: string;
  readonly summary: string;
  readonly isReloadable: boolean;
}

/** Every setting of a program in the order of its schema. */
export function describeSettings(program: string, schema: SectionField): readonly SettingDescription[] {
  return settingsOf(schema).flatMap(({ path, field, isReloadable }) => [
    describe(path.join("."), variableOf(program, path), field, isReloadable),
    ...describeItems(path.join("."), field, isReloadable),
  ]);
}

function describe(path: string, variable: string | undefined, field: Field, isReloadable: boolean): SettingDescription {
  const told =
    field.kind === "secret" && variable !== undefined ? `${variable}_FILE, ${variable}_CREDENTIAL` : variable;
  const { summary } = field;
  return { path, variable: told, type: typeOf(field), default: defaultOf(field), summary, isReloadable };
}

function describeItems(path: string, field: Field, isReloadable: boolean): readonly SettingDescription[] {
  if (field.kind !== "list" || field.item.kind !== "section") return [];
  return Object.entries(field.item.fields).map(([key, inner]) =>
    describe(`${path}[].${key}`, undefined, inner, isReloadable),
  );
}

function typeOf(field: Field): string {
  switch (field.kind) {
    case "integer":
      return `whole number, ${field.min} to ${field.max}`;
    case "duration":
      return `duration, ${printDuration(field.min)} to ${printDuration(field.max)}`;
    case "boolean":
      return "true or false";
    case "choice":
      return field.choices.join(" | ");
    case "secret":
      return "secret: { file: path } or { credential: name }";
    case "record":
    case "section":
      return "map";
    case "list":
      return `list of ${field.item.kind === "section" ? "maps" : typeOf(field.item)}, at most ${field.maxItems}`;
    case "map":
      return `map of ${typeOf(field.item)}, at most ${field.maxItems}`;
    case "text":
      return field.form ?? "text";
    case "path":
      return "path";
  }
}

function defaultOf(field: Field): string {
  if (field.kind === "duration" && field.default !== undefined) return printDuration(field.default);
  if (field.isRequired === true) return "required";
  const value = "default" in field ? field.default : undefined;
  if (value === undefined) return field.kind === "list" || field.kind === "map" ? "none" : "not set";
  return typeof value === "string" ? value : JSON.stringify(value);
}

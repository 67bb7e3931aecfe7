import { printDuration } from "./duration.ts";
import type { Field, SectionField, SecretReference } from "./field.ts";
import type { LoadedSettings } from "./load.ts";
import { printOrigin } from "./origin.ts";
import { settingsOf } from "./setting-names.ts";

/** One line of `holdfast config show`. */
export interface ShownSetting {
  readonly path: string;
  readonly value: string;
  readonly origin: string;
}

/** Settings as they hold, each with its origin. Secrets are told by their places; of a sink only its name and kind. */
export function showSettings(schema: SectionField, loaded: LoadedSettings<unknown>): readonly ShownSetting[] {
  return settingsOf(schema).flatMap(({ path, field }) => {
    const value = path.reduce<unknown>((group, key) => (group as Group)[key], loaded.settings);
    if (field.kind !== "map") return [row(path, value, field, loaded)];
    const entries = [...(value as ReadonlyMap<string, unknown>)];
    return entries.map(([key, entry]) => row([...path, key], entry, field.item, loaded));
  });
}

type Group = Readonly<Record<string, unknown>>;

function row(path: readonly string[], value: unknown, field: Field, loaded: LoadedSettings<unknown>): ShownSetting {
  return { path: path.join("."), value: shown(value, field), origin: printOrigin(loaded.originOf(path)) };
}

function shown(value: unknown, field: Field): string {
  if (value === undefined) return "not set";
  switch (field.kind) {
    case "duration":
      return printDuration(value as number);
    case "secret":
      return placeOf(value as SecretReference);
    case "list":
      return `[${(value as readonly unknown[]).map((item) => shown(item, field.item)).join(", ")}]`;
    case "record":
      return shownRecord(value as Group);
    case "section":
      return shownSection(value as Group, field);
    default:
      return typeof value === "string" ? value : JSON.stringify(value);
  }
}

function placeOf(reference: SecretReference): string {
  return reference.kind === "file" ? `in the file ${reference.path}` : `credential ${reference.name}`;
}

/** The address of a chat's webhook is as good as a password (ATTACKS 47). */
function shownRecord(record: Group): string {
  const open = ["name", "kind", "type"].flatMap((key) => {
    const value = record[key];
    return typeof value === "string" ? [`${key}: ${value}`] : [];
  });
  const hidden = Object.keys(record).length - open.length;
  return `{${[...open, ...(hidden > 0 ? [`${hidden} not shown`] : [])].join(", ")}}`;
}

function shownSection(section: Group, field: SectionField): string {
  return `{${Object.entries(field.fields)
    .map(([key, inner]) => `${key}: ${shown(section[key], inner)}`)
    .join(", ")}}`;
}

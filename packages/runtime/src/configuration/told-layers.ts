import { bounds } from "./bounds.ts";
import type { SectionField } from "./field.ts";
import { nearMiss } from "./near-miss.ts";
import type { ConfigurationNode, MapEntry } from "./node.ts";
import { nodeOfText } from "./node-of-text.ts";
import type { Origin } from "./origin.ts";
import { type Problem, quoteName } from "./problem.ts";
import { type NamedSetting, settingsOf, variableOf } from "./setting-names.ts";
import type { Parsed } from "./tree-builder.ts";

/** One setting that is told by name, and how. */
interface Told {
  readonly setting: NamedSetting;
  readonly text: string;
  readonly origin: Origin;
}

/** Variables of this program that are set; an empty one is not. */
export function environmentLayer(
  program: string,
  schema: SectionField,
  environment: Readonly<Record<string, string | undefined>>,
): Parsed {
  const prefix = variableOf(program, []);
  const known = new Map(settingsOf(schema).map((setting) => [variableOf(program, setting.path), setting]));
  const given = Object.entries(environment).filter(([name, text]) => name.startsWith(`${prefix}_`) && text);
  return layerOf(
    given.map(([name, text]) => ({ name, text: text!, origin: { layer: "environment", variable: name } })),
    withSecrets(known, (name, suffix) => `${name}_${suffix.toUpperCase()}`),
  );
}

/** Settings given on the command line, by their dotted paths such as `store.batchRows`. */
export function flagLayer(schema: SectionField, flags: Readonly<Record<string, string>>): Parsed {
  const known = new Map(settingsOf(schema).map((setting) => [setting.path.join("."), setting]));
  return layerOf(
    Object.entries(flags).map(([name, text]) => ({ name, text, origin: { layer: "flag", flag: `--set ${name}` } })),
    withSecrets(known, (name, suffix) => `${name}.${suffix}`),
  );
}

/** A secret is told by where it lies; its own name stays known, to be refused in words. */
function withSecrets(
  known: ReadonlyMap<string, NamedSetting>,
  nameOf: (name: string, suffix: string) => string,
): ReadonlyMap<string, NamedSetting> {
  const all = new Map(known);
  for (const [name, setting] of known) {
    if (setting.field.kind !== "secret") continue;
    const summary = setting.field.summary;
    for (const suffix of ["file", "credential"]) {
      const field = { kind: "text", summary } as const;
      all.set(nameOf(name, suffix), { ...setting, path: [...setting.path, suffix], field });
    }
  }
  return all;
}

function layerOf(
  given: readonly { readonly name: string; readonly text: string; readonly origin: Origin }[],
  known: ReadonlyMap<string, NamedSetting>,
): Parsed {
  const problems: Problem[] = [];
  const told: Told[] = [];
  for (const { name, text, origin } of given) {
    const setting = known.get(name);
    if (setting === undefined) problems.push(unknown(name, origin, [...known.keys()]));
    else if (setting.field.kind === "secret") problems.push(inTheOpen(name, setting, origin));
    else if (text.length > bounds.maxVariableCharacters) problems.push(tooLong(setting, origin));
    else told.push({ setting, text, origin });
  }
  const root = emptyMap({ layer: "default" });
  for (const { setting, text, origin } of told) {
    const parsed = nodeOfText(text, setting.field, origin);
    problems.push(...parsed.problems.map((problem) => ({ ...problem, path: setting.path.join(".") })));
    enter(root, setting.path, parsed.node, origin);
  }
  return { node: root, problems };
}

type GrowingMap = ConfigurationNode & { readonly kind: "map"; readonly entries: Map<string, MapEntry> };

function emptyMap(origin: Origin): GrowingMap {
  return { kind: "map", origin, entries: new Map() };
}

function enter(map: GrowingMap, path: readonly string[], node: ConfigurationNode, origin: Origin): void {
  const [key = "", ...rest] = path;
  if (rest.length === 0) {
    map.entries.set(key, { origin, node });
    return;
  }
  const there = map.entries.get(key)?.node;
  const inner = there?.kind === "map" ? (there as GrowingMap) : emptyMap(origin);
  map.entries.set(key, { origin, node: inner });
  enter(inner, rest, node, origin);
}

function unknown(name: string, origin: Origin, known: readonly string[]): Problem {
  const near = nearMiss(name, known);
  const hint = near === undefined ? "`holdfast config show` lists them all" : `did you mean ${near}?`;
  return { code: "unknown_setting", path: "", origin, message: `${quoteName(name)} is not a setting`, hint };
}

/** Command lines show in process lists, and environments are inherited (ATTACKS 47). */
function inTheOpen(name: string, setting: NamedSetting, origin: Origin): Problem {
  const separator = origin.layer === "flag" ? "." : "_";
  const [file, credential] = ["file", "credential"].map((suffix) =>
    origin.layer === "flag" ? suffix : suffix.toUpperCase(),
  );
  const hint = `name its place: ${name}${separator}${file} or ${name}${separator}${credential}`;
  const message = `${quoteName(name)} is a secret, and is not taken from here`;
  return { code: "secret_in_the_open", path: setting.path.join("."), origin, message, hint };
}

function tooLong(setting: NamedSetting, origin: Origin): Problem {
  const message = `${setting.path.join(".")} has more than ${bounds.maxVariableCharacters} characters`;
  return { code: "too_large", path: setting.path.join("."), origin, message };
}

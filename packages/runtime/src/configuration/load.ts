import { bounds } from "./bounds.ts";
import { type CheckedLayer, checkLayer } from "./check.ts";
import { nothing, valueAt } from "./checked.ts";
import { completeSection } from "./complete.ts";
import type { SectionField, Typed, ValueOf } from "./field.ts";
import { fileLayer } from "./file-layer.ts";
import { findFiles } from "./find-files.ts";
import { merge } from "./merge.ts";
import type { ConfigurationNode } from "./node.ts";
import { byDefault, type FileLayer, type Origin } from "./origin.ts";
import type { Problem } from "./problem.ts";
import type { Reader } from "./read-trusted-file.ts";
import { environmentLayer, flagLayer } from "./told-layers.ts";

/** Where the layers of a program's configuration are; each wins over the one above it here. */
export interface Sources {
  /** Key of the program in files, and part of its variables' names: `agent`. */
  readonly program: string;
  /** Keys of other programs that share the files, and are not looked into. */
  readonly neighbours?: readonly string[];
  /** `/etc/holdfast`. */
  readonly systemFolder?: string | undefined;
  /** `~/.config/holdfast`. */
  readonly userFolder?: string | undefined;
  /** A file named on the command line, in place of both folders. */
  readonly namedFile?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Dotted paths and their texts. */
  readonly flags: Readonly<Record<string, string>>;
  readonly workingFolder: string;
  readonly reader?: Reader;
}

/** Settings that hold everywhere, or everything that is wrong with them. */
export type Loaded<T> = LoadedSettings<T> | { readonly ok: false; readonly problems: readonly Problem[] };

export interface LoadedSettings<T> {
  readonly ok: true;
  readonly settings: T;
  /** Files that were read, in their order. */
  readonly files: readonly string[];
  /** Where a setting comes from, by its path such as `["store", "batchRows"]`. */
  readonly originOf: (path: readonly string[]) => Origin;
  /** The value as it was written, for readers that check parts of it themselves; undefined when it is a default. */
  readonly nodeOf: (path: readonly string[]) => ConfigurationNode | undefined;
}

/** Reads all layers, checks each by itself, lays them over each other, and fills in what nobody said. */
export function loadConfiguration<S extends SectionField & Typed<unknown>>(
  schema: S,
  sources: Sources,
): Loaded<ValueOf<S>> {
  const { files, problems: missing } = filesOf(sources);
  const layers = [
    ...files.map(({ file, layer }) => fileLayer(file, layer, schema, sources)),
    toldLayer(environmentLayer(sources.program, schema, sources.environment), schema, sources),
    toldLayer(flagLayer(schema, sources.flags), schema, sources),
  ];
  const merged = layers.reduce((below, { group }) => merge(below, group), nothing);
  const completed = completeSection(merged, schema, "", byDefault);
  const problems = [...missing, ...layers.flatMap((layer) => layer.problems)];
  if (problems.length === 0) problems.push(...completed.problems);
  if (problems.length > 0) return { ok: false, problems: problems.slice(0, bounds.maxProblems) };
  return {
    ok: true,
    settings: completed.value as ValueOf<S>,
    files: files.map(({ file }) => file),
    originOf: (path) => valueAt(merged, path)?.origin ?? byDefault,
    nodeOf: (path) => valueAt(merged, path)?.node,
  };
}

function filesOf({ namedFile, systemFolder, userFolder }: Sources): {
  readonly files: readonly { readonly file: string; readonly layer: FileLayer }[];
  readonly problems: readonly Problem[];
} {
  if (namedFile !== undefined) return { files: [{ file: namedFile, layer: "named" }], problems: [] };
  const folders = [
    { folder: systemFolder, layer: "system" },
    { folder: userFolder, layer: "user" },
  ] as const;
  const found = folders.flatMap(({ folder, layer }) =>
    folder === undefined ? [] : [{ layer, ...findFiles(folder, layer) }],
  );
  return {
    files: found.flatMap(({ files, layer }) => files.map((file) => ({ file, layer }))),
    problems: found.flatMap(({ problem }) => (problem === undefined ? [] : [problem])),
  };
}

function toldLayer(
  { node, problems }: { readonly node: ConfigurationNode; readonly problems: readonly Problem[] },
  schema: SectionField,
  { workingFolder }: Sources,
): CheckedLayer {
  const checked = checkLayer(node, schema, workingFolder);
  return { group: checked.group, problems: [...problems, ...checked.problems] };
}

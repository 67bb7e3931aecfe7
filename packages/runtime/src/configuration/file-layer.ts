import { type CheckedLayer, checkLayer } from "./check.ts";
import { nothing } from "./checked.ts";
import type { SectionField } from "./field.ts";
import { nearMiss } from "./near-miss.ts";
import type { ConfigurationNode, MapNode } from "./node.ts";
import type { FileLayer, Origin } from "./origin.ts";
import { parseFile } from "./parse-file.ts";
import { type Problem, quoteName } from "./problem.ts";
import { type Reader, readTrustedFile, thisReader } from "./read-trusted-file.ts";

/** For which program a file is read, and by whom. */
export interface FileReading {
  readonly program: string;
  readonly neighbours?: readonly string[];
  readonly workingFolder: string;
  readonly reader?: Reader;
}

/** One file, read with care, parsed, and held against the schema of the program that it is for. */
export function fileLayer(file: string, layer: FileLayer, schema: SectionField, sources: FileReading): CheckedLayer {
  const origin = { layer, file, line: 1, column: 1 } as const;
  const read = readTrustedFile(file, sources.reader ?? thisReader());
  if (!read.ok) {
    const { code, message, hint } = read;
    return { group: nothing, problems: [{ code, path: "", origin, message, ...(hint === undefined ? {} : { hint }) }] };
  }
  const { node, problems } = parseFile(read.text, file, layer);
  if (problems.length > 0) return { group: nothing, problems };
  return programLayer(node, schema, sources);
}

/** Below the key of the program stand its settings; nothing else stands beside it, but other programs. */
function programLayer(node: ConfigurationNode, schema: SectionField, sources: FileReading): CheckedLayer {
  const top = topOf(node);
  if ("problem" in top) return { group: nothing, problems: [top.problem] };
  const known = [sources.program, ...(sources.neighbours ?? [])];
  const strangers = [...top.map.entries].filter(([key]) => !known.includes(key));
  const problems = strangers.map(([key, entry]) => stranger(key, entry.origin, known, schema));
  const own = top.map.entries.get(sources.program);
  if (own === undefined) return { group: nothing, problems };
  const checked = checkLayer(own.node, schema, sources.workingFolder);
  return { group: checked.group, problems: [...problems, ...checked.problems] };
}

function topOf(node: ConfigurationNode): { readonly map: MapNode } | { readonly problem: Problem } {
  if (node.kind === "map") return { map: node };
  if (node.kind === "scalar" && node.value === null)
    return { map: { kind: "map", origin: node.origin, entries: new Map() } };
  const message = "the file is not a map of settings";
  return { problem: { code: "wrong_type", path: "", origin: node.origin, message } };
}

function stranger(key: string, origin: Origin, known: readonly string[], schema: SectionField): Problem {
  const [program = ""] = known;
  const near = nearMiss(key, known);
  const inner = nearMiss(key, Object.keys(schema.fields));
  const hint =
    near !== undefined
      ? `did you mean ${near}?`
      : inner !== undefined
        ? `did you mean ${inner} below ${program}?`
        : `settings stand below ${program}`;
  return { code: "unknown_setting", path: "", origin, message: `${quoteName(key)} is no part of this file`, hint };
}

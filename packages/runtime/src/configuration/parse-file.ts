import { lineIndex } from "./line-index.ts";
import type { FileLayer, Origin } from "./origin.ts";
import { parseJsonText } from "./parse-json.ts";
import { parseTomlText } from "./parse-toml.ts";
import { parseYamlText } from "./parse-yaml.ts";
import type { Parsed } from "./tree-builder.ts";

type Parse = (text: string, at: (offset: number) => Origin) => Parsed;

const parsers: Readonly<Record<string, Parse>> = {
  yaml: parseYamlText,
  yml: parseYamlText,
  toml: parseTomlText,
  json: parseJsonText,
};

/** The parser that a file's name asks for; undefined when it is no configuration. */
export function parserOf(file: string): Parse | undefined {
  return parsers[/\.([a-z]+)$/.exec(file)?.[1] ?? ""];
}

/** What a file says, with places in it. A byte order mark is no text. */
export function parseFile(text: string, file: string, layer: FileLayer): Parsed {
  const content = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const position = lineIndex(content);
  const parse = parserOf(file) ?? parseYamlText;
  return parse(content, (offset) => ({ layer, file, ...position(offset) }));
}

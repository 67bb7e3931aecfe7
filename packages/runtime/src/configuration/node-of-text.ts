import type { Field } from "./field.ts";
import type { ConfigurationNode } from "./node.ts";
import type { Origin } from "./origin.ts";
import { parseJsonText } from "./parse-json.ts";
import type { Parsed } from "./tree-builder.ts";

/** What a variable or a flag says: the field decides how its text is read. A list is split at commas, or is JSON. */
export function nodeOfText(text: string, field: Field, origin: Origin): Parsed {
  const isJson = /^\s*[[{]/.test(text);
  switch (field.kind) {
    case "boolean":
      return plain(text === "true" || text === "false" ? text === "true" : text, origin);
    case "integer":
    case "duration":
      return plain(/^-?\d{1,15}$/.test(text.trim()) ? Number(text) : text, origin);
    case "list":
      return isJson ? parseJsonText(text, () => origin) : splitList(text, field.item, origin);
    case "map":
    case "record":
    case "section":
      return parseJsonText(text, () => origin);
    default:
      return plain(text, origin);
  }
}

function plain(value: string | number | boolean, origin: Origin): Parsed {
  return { node: { kind: "scalar", origin, value }, problems: [] };
}

function splitList(text: string, item: Field, origin: Origin): Parsed {
  const texts = text.split(",").map((part) => part.trim());
  const items: ConfigurationNode[] = texts
    .filter((part) => part !== "")
    .map((part) => nodeOfText(part, item, origin).node);
  return { node: { kind: "list", origin, items }, problems: [] };
}

import type { Given } from "../../command.ts";
import { usage } from "../../failure.ts";
import { textOptions } from "../../given.ts";

/** The facts of `--meta name=text`, or undefined when there are none. */
export function metadataOf(given: Given): Record<string, string> | undefined {
  const pairs = textOptions(given, "meta").map(pairOf);
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}

function pairOf(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at < 1) throw usage(`--meta takes name=text, not "${text}"`);
  return [text.slice(0, at), text.slice(at + 1)];
}

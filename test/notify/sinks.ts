import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ConfiguredSink, openSinks, parseSinks } from "@holdfast/notify";
import { openFolder } from "./daemon.ts";

/** A sink as its settings make it; throws what is wrong with them. */
export function sinkOf(settings: object): ConfiguredSink["sink"] {
  return configuredSinks([settings])[0]!.sink;
}

export function configuredSinks(settings: readonly object[]): readonly ConfiguredSink[] {
  const parsed = parseSinks(settings);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  const opened = openSinks(parsed.sinks);
  if (!opened.ok) throw new Error(JSON.stringify(opened.issues));
  return opened.sinks;
}

/** A file that only its owner reads. */
export function privateFile(text: string): string {
  const path = join(openFolder(), "secret");
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

export const never = new AbortController().signal;

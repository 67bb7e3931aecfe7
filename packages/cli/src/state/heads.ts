import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileHeads, type HeadStore, type RememberedHead } from "@holdfast/client";
import { stateFolder } from "./state-folder.ts";

/** Heads remembered for one place: a found socket is reached by a different path each time, but is the same place. */
export function headsOf(place: string, env: Readonly<NodeJS.ProcessEnv>): HeadStore {
  const heads = fileHeads(headsFile(env));
  return { load: () => heads.load(place), save: (_, seen) => heads.save(place, seen) };
}

/** The file that holds them, for messages. */
export function headsFile(env: Readonly<NodeJS.ProcessEnv>): string {
  return join(stateFolder(env), "heads.json");
}

/** The name under which a data folder's or a socket's head is kept. */
export function placeOfSocket(socketPath: string): string {
  return `unix:${socketPath}`;
}

/** The verifier key that was remembered with any head of this log. */
export function rememberedKey(origin: string, env: Readonly<NodeJS.ProcessEnv>): string | undefined {
  try {
    const heads = JSON.parse(readFileSync(headsFile(env), "utf8")) as Record<string, RememberedHead>;
    return Object.values(heads).find(({ head }) => head.origin === origin)?.verifierKey;
  } catch {
    return undefined;
  }
}

import { readdirSync } from "node:fs";

/** Names in a folder in their order, at most `max`; none when it is not there or may not be read. */
export function namesIn(folder: string, max: number): readonly string[] {
  try {
    return readdirSync(folder).toSorted().slice(0, max);
  } catch {
    return [];
  }
}

import { parsePath } from "@holdfast/kernel/paths";
import { Refusal } from "@holdfast/engine";

/** The path, when it is written in its one canonical spelling (ATTACKS 1). */
export function canonical(path: string): string {
  const parsed = parsePath(path);
  if (!parsed.ok) throw new Refusal("path_not_canonical", `The path ${parsed.reason}.`);
  return path;
}

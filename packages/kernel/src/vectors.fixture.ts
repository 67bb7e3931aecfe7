import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";
import { parseJson } from "./json.ts";

const candidates = [env["HOLDFAST_VECTORS"], join(import.meta.dirname, "../../../../shared/vectors")];

/** Folder of the published test vectors; without it the tests that need them are skipped, and say so. */
export const vectorsFolder = candidates.find((folder) => folder !== undefined && existsSync(folder));

export function vectorText(...path: readonly string[]): string {
  return readFileSync(join(String(vectorsFolder), ...path), "utf8");
}

/** Vectors hold integers above 2^53: they keep their source text. */
export function vectorJson<T>(...path: readonly string[]): T {
  return parseJson(vectorText(...path), { maxValues: 1_000_000, maxKeys: 1_000_000 }) as T;
}

/** Paths of all files below a folder of vectors. */
export function vectorFiles(...path: readonly string[]): string[] {
  return readdirSync(join(String(vectorsFolder), ...path), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .map((name) => join(...path, name));
}

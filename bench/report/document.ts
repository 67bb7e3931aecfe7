import { readFileSync, writeFileSync } from "node:fs";

const path = new URL("../../docs/performance.md", import.meta.url);
const begin = "<!-- npm run bench -- --write: begin -->\n";
const end = "<!-- npm run bench -- --write: end -->\n";

/** Puts the tables of a run between their marks; what people wrote around them stays. */
export function writeDocument(tables: string): void {
  const text = readFileSync(path, "utf8");
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error("docs/performance.md has lost the marks that the tables stand between");
  writeFileSync(path, `${text.slice(0, from + begin.length)}\n${tables}\n${text.slice(to)}`);
}

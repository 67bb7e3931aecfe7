import type { Tables } from "./schema.ts";

const keywords = [
  "SELECT",
  "FROM",
  "WHERE",
  "GROUP BY",
  "HAVING",
  "ORDER BY",
  "LIMIT",
  "AND",
  "OR",
  "NOT",
  "LIKE",
  "IN",
  "BETWEEN",
  "IS NULL",
  "AS",
  "ASC",
  "DESC",
  "JOIN",
  "ON",
  "CASE",
  "WHEN",
  "THEN",
  "ELSE",
  "END",
  "COUNT(",
  "SUM(",
  "AVG(",
  "MIN(",
  "MAX(",
  "LENGTH(",
  "SUBSTR(",
];

export const dotCommands = [".tables", ".schema", ".mode", ".limit", ".help", ".quit"];

/**
 * What the word at the end of the line may become: a command, a table, a column of the tables that the line names, or a
 * keyword, in the case in which it was begun.
 */
export function completions(line: string, tables: Tables): readonly [hits: string[], word: string] {
  const word = /[.\w]*$/.exec(line)?.[0] ?? "";
  const candidates = line.startsWith(".") ? afterDot(line, tables) : wordsFor(line, word, tables);
  const begun = word.toLowerCase();
  return [candidates.filter((one) => one.toLowerCase().startsWith(begun)), word];
}

function afterDot(line: string, tables: Tables): readonly string[] {
  if (!line.includes(" ")) return dotCommands;
  if (line.startsWith(".schema ")) return tables.map(({ name }) => name);
  return line.startsWith(".mode ") ? ["table", "csv", "line"] : [];
}

function wordsFor(line: string, word: string, tables: Tables): readonly string[] {
  const names = tables.map(({ name }) => name);
  if (/\b(?:from|join)\s+\w*$/i.test(line)) return names;
  const typed = line.toLowerCase().split(/\W+/);
  const used = tables.filter(({ name }) => typed.includes(name));
  const columns = (used.length > 0 ? used : tables).flatMap((table) => table.columns.map(({ name }) => name));
  const isSmall = word !== "" && word === word.toLowerCase();
  const words = isSmall ? keywords.map((keyword) => keyword.toLowerCase()) : keywords;
  return [...new Set([...columns, ...names, ...words])];
}

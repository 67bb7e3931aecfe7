/**
 * A line cut to the columns of a terminal, with a mark where it goes on; whole where there is no terminal. A character that
 * takes two columns counts as one.
 */
export function fitted(line: string, columns: number | undefined): string {
  if (columns === undefined || line.length <= columns) return line;
  // Half of a pair of surrogates is no character.
  return `${line.slice(0, columns - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

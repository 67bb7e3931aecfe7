/** Marks text for a terminal; gives it back unchanged where colours do not belong. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly bad: (text: string) => string;
}

/** Colours only on a terminal that has them, and never with NO_COLOR set to anything (no-color.org). */
export function styleOf(env: Readonly<NodeJS.ProcessEnv>, isTerminal: boolean): Style {
  const hasColours = isTerminal && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  const mark = (open: number, close: number) => (text: string) =>
    hasColours ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return { bold: mark(1, 22), dim: mark(2, 22), good: mark(32, 39), warn: mark(33, 39), bad: mark(31, 39) };
}

/**
 * Whether a command printed what the page promises. `…` stands for anything within a line, alone on a line for any
 * number of lines; `<word>` stands for one run of characters without a blank, such as a hash that differs every time.
 */
export function matchOutput(expected: readonly string[], actual: readonly string[]): boolean {
  const [first, ...rest] = expected;
  if (first === undefined) return actual.length === 0;
  if (first.trim() === "…")
    return actual.some((_, skipped) => matchOutput(rest, actual.slice(skipped))) || rest.length === 0;
  const line = actual[0];
  return line !== undefined && patternOf(first).test(line) && matchOutput(rest, actual.slice(1));
}

function patternOf(line: string): RegExp {
  const parts = line.split(/(…|<[a-z][a-z -]*>)/).map((part, index) => {
    if (index % 2 === 0) return RegExp.escape(part);
    return part === "…" ? ".*" : "\\S+";
  });
  return new RegExp(`^${parts.join("")}$`);
}

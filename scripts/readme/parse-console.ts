/** One command of a tour with the output that the page promises. */
export interface TourStep {
  readonly command: string;
  readonly expected: readonly string[];
  /** Where the command stands in the page, from 1. */
  readonly line: number;
  /** Where the promised output begins and ends (exclusive), from 1. */
  readonly output: readonly [number, number];
}

/** Reads the ```console blocks of a page: `$ ` begins a command, a backslash at its end continues it, the rest is output. */
export function parseConsole(markdown: string): readonly TourStep[] {
  const steps: TourStep[] = [];
  let inBlock = false;
  for (const [index, text] of markdown.split("\n").entries()) {
    const line = index + 1;
    const last = steps.at(-1);
    if (!inBlock) inBlock = text.trim() === "```console";
    else if (text.trim() === "```") inBlock = false;
    else if (text.startsWith("$ "))
      steps.push({ command: text.slice(2), expected: [], line, output: [line + 1, line + 1] });
    else if (last === undefined) throw new Error(`line ${line}: output before the first command`);
    else steps[steps.length - 1] = extend(last, text, line);
  }
  return steps;
}

function extend(step: TourStep, text: string, line: number): TourStep {
  const continues = step.command.endsWith("\\") && step.expected.length === 0;
  if (continues) return { ...step, command: `${step.command}\n${text}`, output: [line + 1, line + 1] };
  return { ...step, expected: [...step.expected, text], output: [step.output[0], line + 1] };
}

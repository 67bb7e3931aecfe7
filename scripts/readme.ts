// Runs the tour of a page against a real server and compares what each command prints with what the page says.
//
//   node scripts/readme.ts [page]           names each difference, exits 1 when there is one
//   node scripts/readme.ts --write [page]   puts what was printed where the page said something else

import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { runTour, type TouredStep } from "./readme/run-tour.ts";

const { values, positionals } = parseArgs({ options: { write: { type: "boolean" } }, allowPositionals: true });
const page = positionals[0] ?? "README.md";
const markdown = readFileSync(page, "utf8");
const steps = await runTour(markdown);
const differing = steps.filter((step) => !step.matches);

for (const step of differing) {
  console.log(`${page}:${step.line}: $ ${step.command}\n${step.actual.map((line) => `  ${line}`).join("\n")}`);
}
if (values.write === true) writeFileSync(page, rewritten(markdown, differing));
console.log(`${steps.length} commands, ${differing.length} printed something else`);
process.exitCode = differing.length > 0 && values.write !== true ? 1 : 0;

function rewritten(text: string, replaced: readonly TouredStep[]): string {
  const lines = text.split("\n");
  for (const { output, actual } of replaced.toReversed()) lines.splice(output[0] - 1, output[1] - output[0], ...actual);
  return lines.join("\n");
}

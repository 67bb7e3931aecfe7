/** `npm run bench -- [names…] [--quick] [--json FILE] [--write]`: what Holdfast is held to, measured side by side. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Suite } from "./measure/bench.ts";
import { writeDocument } from "./report/document.ts";
import { isReached, type Section } from "./report/figure.ts";
import { describeMachine, isInMemory } from "./report/machine.ts";
import { printSections, printTable } from "./report/table.ts";

type Load = () => Promise<{ readonly run: Suite }>;

/** In the order of the report. */
const suites: Readonly<Record<string, Load>> = {
  http: () => import("./http.ts"),
  growth: () => import("./growth.ts"),
  nodes: () => import("./nodes.ts"),
  ledger: () => import("./ledger.ts"),
  decisions: () => import("./decisions.ts"),
  cli: () => import("./cli.ts"),
  crypto: () => import("./crypto.ts"),
  sentinel: () => import("./sentinel.ts"),
};

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    json: { type: "string" },
    write: { type: "boolean", default: false },
  },
});

const names = positionals.length === 0 ? Object.keys(suites) : positionals;
const unknown = names.filter((name) => !Object.hasOwn(suites, name));
if (unknown.length > 0) {
  console.error(`there is no benchmark ${unknown.join(", ")}; there are ${Object.keys(suites).join(", ")}`);
  process.exit(2);
}
if (options.write && (options.quick || positionals.length > 0)) {
  console.error("docs/performance.md holds whole runs only: leave out --quick and names");
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
process.once("SIGINT", () => process.exit(130));
process.once("SIGTERM", () => process.exit(143));
if (isInMemory(folder)) throw new Error(`${folder} is in memory; set TMPDIR to a folder on a disk`);

const machine = describeMachine(folder);
const sections = await measure();
const tables = `${printTable([["machine", ""], ...machine])}\n${printSections(sections)}`;
console.log(tables);
if (options.json !== undefined) {
  writeFileSync(options.json, `${JSON.stringify({ machine: Object.fromEntries(machine), sections }, undefined, 2)}\n`);
}
if (options.write) writeDocument(tables);
const missed = sections.flatMap(({ figures }) =>
  figures.filter((figure) => figure.goal !== undefined && !isReached(figure, figure.goal)),
);
if (missed.length > 0) console.log(`missed: ${missed.map(({ name }) => name).join("; ")}`);

async function measure(): Promise<readonly Section[]> {
  const measured: Section[] = [];
  for (const name of names) {
    const { run } = await suites[name]!();
    const say = (text: string) => console.error(`${name}: ${text}`);
    measured.push(await run({ isQuick: options.quick, folder, say }));
  }
  return measured;
}

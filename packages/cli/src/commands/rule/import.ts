import { basename, join, resolve } from "node:path";
import type { SigmaReason } from "@holdfast/rules";
import type { Command, Context, Given } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { isSet, textOption } from "../../given.ts";
import { count } from "../../terminal/count.ts";
import { print, remark } from "../../terminal/print.ts";
import { printable, printableLines } from "../../terminal/printable.ts";
import type { Style } from "../../terminal/style.ts";
import { type FoundFile, readFiles } from "./read-rules.ts";
import { makeRuleFolder, writeRule, type Written } from "./write-rule.ts";

interface Compiled {
  readonly file: string;
  readonly id: string;
  readonly title: string;
  readonly sql: string;
  readonly notes: readonly string[];
  /** Where the rule was written, and whether it was. */
  readonly out?: string;
  readonly written?: Written;
}

interface Refused {
  readonly file: string;
  readonly reasons: readonly SigmaReason[];
}

/** Compiles Sigma rules to rules of ours. */
export const ruleImport: Command = {
  words: ["rules", "import"],
  summary: "Compile Sigma rules to rules of the agent, and explain those that cannot be",
  details:
    "Needs no agent. Author, id, licence and references stay with each rule. Without --out nothing is written. What they " +
    "need is the profile extended (agent.detection.profile). Exits with 1 when some could not be compiled.",
  arguments: [{ name: "file", isVariadic: true, summary: "Sigma rules, or folders of them" }],
  options: [
    { name: "out", value: "folder", summary: "folder to write rules to, such as .holdfast/agent/rules" },
    { name: "force", summary: "replace files that say something else" },
    { name: "show-sql", summary: "show the SQL of each rule" },
  ],
  examples: [
    {
      command: "holdfast rules import sigma/rules/linux/process_creation --out .holdfast/agent/rules",
      says: "a folder of them",
    },
    {
      command: "holdfast rules import --show-sql proc_creation_lnx_base64_decode.yml",
      says: "what would one look for?",
    },
  ],
  async run(context, given) {
    const { compiled, refused } = await compileAll(context, given);
    const { style } = context.output;
    print(context, { ok: refused.length === 0, compiled, refused }, () =>
      [
        ...refused.map(refusedLines),
        ...compiled.map((rule) => compiledLines(rule, isSet(given, "show-sql"), style)),
        summaryOf(compiled, refused),
      ].join(""),
    );
    if (!context.settings.isJson && compiled.some(({ written }) => written === "kept"))
      remark(context, "files that say something else were kept; --force replaces them");
    return refused.length === 0 ? undefined : exitCodes.failed;
  },
};

async function compileAll(context: Context, given: Given) {
  const { compileSigma, printRule } = await import("@holdfast/rules");
  const out = textOption(given, "out");
  const folder = out === undefined ? undefined : resolve(context.workingFolder, out);
  if (folder !== undefined) makeRuleFolder(folder);
  const names = new Set<string>();
  const compiled: Compiled[] = [];
  const refused: Refused[] = [];
  for (const found of readFiles(context, given.arguments)) {
    const result = compileSigma(found.text);
    if (!result.ok) {
      refused.push({ file: found.shown, reasons: result.reasons });
      continue;
    }
    const { rule, notes } = result;
    const told = { file: found.shown, id: rule.id, title: rule.title, sql: rule.sql, notes };
    if (folder === undefined) {
      compiled.push(told);
    } else {
      const path = join(folder, nameOf(found, rule.id, names));
      compiled.push({ ...told, out: path, written: writeRule(path, printRule(rule), isSet(given, "force")) });
    }
  }
  return { compiled, refused };
}

/** The name of the Sigma file, which people know; two of one name are told apart by the rule's id. */
function nameOf({ shown }: FoundFile, id: string, names: Set<string>): string {
  const base = basename(shown)
    .replace(/\.ya?ml$/, "")
    .replace(/^\.+/, "");
  const name = names.has(base) || base === "" ? `${base}-${id}` : base;
  names.add(name);
  return `${name}.yaml`;
}

function refusedLines({ file, reasons }: Refused): string {
  const line = ({ position, part, message, hint }: SigmaReason): string => {
    const about = part === "" ? message : `${part}: ${message}`;
    return printable(`${file}:${position.line}:${position.column}: ${about}${hint === undefined ? "" : ` (${hint})`}`);
  };
  return reasons.map((reason) => `${line(reason)}\n`).join("");
}

function compiledLines({ file, title, sql, notes }: Compiled, isSqlShown: boolean, style: Style): string {
  const noted = notes.map((note) => `${printable(`${file}: note: ${note}`)}\n`).join("");
  return isSqlShown ? `${style.bold(printable(title))}\n${printableLines(sql)}\n${noted}` : noted;
}

function summaryOf(compiled: readonly Compiled[], refused: readonly Refused[]): string {
  const written = compiled.filter((rule) => rule.written === "written").length;
  const verb = compiled.some((rule) => rule.written !== undefined) ? `, ${written} written` : "";
  return `${compiled.length} of ${count(compiled.length + refused.length, "rule")} compiled${verb}\n`;
}

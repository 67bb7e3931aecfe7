import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type AdmittedStatement, admit, compileSigma, parseRules, ruleTables } from "@holdfast/rules";
import { LeftOut } from "./measured.ts";

const starterFolder = fileURLToPath(new URL("../../packages/agent/rules", import.meta.url));
const vectors = fileURLToPath(new URL("../../../shared/vectors", import.meta.url));
export const options = { profile: "extended", tables: ruleTables } as const;

/** A rule that runs. */
export interface BenchRule {
  readonly id: string;
  readonly sql: string;
  readonly statement: AdmittedStatement;
}

/** The rules that come with the agent. */
export function starterRules(): readonly BenchRule[] {
  return textsIn(starterFolder).flatMap(({ name, text }) =>
    parseRules(text, name, options).rules.map(({ rule, statement }) => ({ id: rule.id, sql: rule.sql, statement })),
  );
}

/** The public Sigma rules that compile; throws LeftOut where they are not. */
export function sigmaRules(): readonly BenchRule[] {
  const folder = [process.env["HOLDFAST_VECTORS"], vectors]
    .flatMap((path) => (path === undefined ? [] : [join(path, "sigma/process_creation")]))
    .find(existsSync);
  if (folder === undefined) throw new LeftOut("Sigma rules (HOLDFAST_VECTORS names no folder that has them)");
  return textsIn(folder).flatMap(({ text }) => {
    const compiled = compileSigma(text);
    if (!compiled.ok) return [];
    const { id, sql } = compiled.rule;
    const admission = admit(sql, options);
    if (!admission.ok) throw new Error(`the compiled rule ${id} is not admitted: ${admission.refusal.message}`);
    return [{ id, sql, statement: admission.statement }];
  });
}

function textsIn(folder: string): readonly { readonly name: string; readonly text: string }[] {
  const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  return names.toSorted().map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));
}

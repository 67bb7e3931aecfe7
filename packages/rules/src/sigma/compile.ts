import { didYouMean } from "../near-miss.ts";
import type { Rule } from "../rule/rule.ts";
import { type AdmittedStatement, admit } from "../sql/admit.ts";
import { printReadable } from "../sql/print.ts";
import { ruleTables } from "../tables.ts";
import type { Located, LocatedMap } from "../yaml/located.ts";
import { readYaml } from "../yaml/read-yaml.ts";
import { compileDetection } from "./detection.ts";
import { type LogSource, logSources, products } from "./logsource.ts";
import { readMetadata } from "./metadata.ts";
import { Reasons, type SigmaReason } from "./reason.ts";
import { toQuery } from "./to-sql.ts";

export type SigmaCompilation =
  | {
      readonly ok: true;
      /** For `printRule`; it keeps author, id, licence and references. */
      readonly rule: Rule;
      readonly statement: AdmittedStatement;
      /** What whoever reads the rule has to know of how it was compiled. */
      readonly notes: readonly string[];
    }
  | { readonly ok: false; readonly reasons: readonly SigmaReason[] };

/**
 * Compiles a Sigma rule to one of ours, or says everything that keeps it from being one. What has no column, or no
 * meaning for one row, is never left out silently: the rule would find something else than it says.
 */
export function compileSigma(text: string): SigmaCompilation {
  const reasons = new Reasons(text);
  const read = readYaml(text);
  if (!read.ok) {
    for (const { message, offset } of read.faults) reasons.add("yaml_invalid", message, "", offset);
    return { ok: false, reasons: reasons.all };
  }
  return compileRule(read.root, reasons) ?? { ok: false, reasons: reasons.all };
}

function compileRule(root: Located, reasons: Reasons): SigmaCompilation | undefined {
  if (root.kind !== "map") return reasons.add("yaml_invalid", "a rule is a map", "", root.offset);
  refuseOtherKinds(root, reasons);
  const metadata = readMetadata(root, reasons);
  const logSource = readLogSource(root, reasons);
  const detection = root.entries.find((entry) => entry.key === "detection")?.value;
  if (detection?.kind !== "map") {
    return reasons.add("key_missing", "detection is missing, or no map", "detection", detection?.offset ?? root.offset);
  }
  if (logSource === undefined) return undefined;
  const notes = new Set<string>();
  const match = compileDetection(detection, { logSource, reasons, notes });
  if (match === undefined || metadata === undefined || reasons.all.length > 0) return undefined;
  const sql = printReadable(toQuery(match, logSource));
  const admission = admit(sql, { profile: "extended", tables: ruleTables });
  if (!admission.ok) return reasons.add("too_large", admission.refusal.message, "detection", detection.offset);
  const { dedup } = logSource;
  const rest = {
    sql,
    profile: "extended",
    schedule: { kind: "tick" },
    dedup,
    tests: { match: [], noMatch: [] },
  } as const;
  return { ok: true, rule: { ...metadata, ...rest }, statement: admission.statement, notes: [...notes] };
}

const otherKinds: ReadonlyMap<string, string> = new Map([
  ["correlation", "correlations of several rules are not compiled: one row is judged at a time"],
  ["filter", "filters of other rules are not compiled"],
  ["action", "collections of rules were taken out of Sigma: one file holds one rule"],
]);

function refuseOtherKinds(root: LocatedMap, reasons: Reasons): void {
  for (const { key, offset } of root.entries) {
    const message = otherKinds.get(key);
    if (message !== undefined) reasons.add("correlation", message, key, offset);
  }
}

function readLogSource(root: LocatedMap, reasons: Reasons): LogSource | undefined {
  const node = root.entries.find((entry) => entry.key === "logsource")?.value;
  if (node?.kind !== "map") {
    return reasons.add("key_missing", "logsource is missing, or no map", "logsource", node?.offset ?? root.offset);
  }
  const value = (key: string): Located | undefined => node.entries.find((entry) => entry.key === key)?.value;
  const text = (key: string): string => scalarText(value(key));
  const product = text("product");
  if (product !== "" && !products.includes(product)) {
    const message = `rules are compiled for ${products.join(" and ")}`;
    reasons.add("logsource_unknown", message, "logsource.product", value("product")!.offset);
  }
  const categories = logSources.map((source) => source.category);
  const found = logSources.find((source) => source.category === text("category"));
  if (found === undefined || text("service") !== "") {
    const hint = didYouMean(text("category"), categories) ?? `there are ${categories.join(", ")}`;
    return reasons.add("logsource_unknown", "the agent does not see this log source", "logsource", node.offset, hint);
  }
  return found;
}

function scalarText(node: Located | undefined): string {
  return node?.kind === "scalar" && node.value !== null ? String(node.value) : "";
}

import { describe, type Located, type LocatedMap } from "../yaml/located.ts";
import { readYaml } from "../yaml/read-yaml.ts";
import { IssueList, type RuleIssue } from "./issue.ts";
import { readRule, type RuleOptions, type RunnableRule } from "./read-rule.ts";

/** The rules of one file that can run, and what is wrong with the others. */
export interface RuleFile {
  readonly file: string;
  readonly rules: readonly RunnableRule[];
  readonly issues: readonly RuleIssue[];
}

/** Rules in one file. */
const maxRules = 500;

/**
 * Reads a rule file: one rule, or a list of them. A rule with a mistake does not keep the others from running.
 *
 * @example
 * ```yaml
 * id: shell-in-tmp
 * title: A program runs from /tmp
 * severity: high
 * sql: SELECT pid, path FROM process_events WHERE SUBSTR(path, 1, 5) = '/tmp/'
 * ```
 */
export function parseRules(text: string, file: string, options: RuleOptions): RuleFile {
  const issues = new IssueList(file, text);
  const read = readYaml(text);
  if (!read.ok) {
    for (const { message, offset } of read.faults) issues.add("yaml_invalid", message, offset);
    return { file, rules: [], issues: issues.all };
  }
  const rules = new Map<string, RunnableRule>();
  for (const map of mapsOf(read.root, issues)) {
    const runnable = readRule(map, options, issues);
    if (runnable === undefined) continue;
    const { id } = runnable.rule;
    if (rules.has(id)) issues.add("id_taken", `another rule of this file has the id ${id}`, map.offset);
    else rules.set(id, runnable);
  }
  return { file, rules: [...rules.values()], issues: issues.all };
}

function mapsOf(root: Located, issues: IssueList): readonly LocatedMap[] {
  const items = root.kind === "list" ? root.items : [root];
  if (items.length > maxRules) issues.add("yaml_invalid", `the file holds more than ${maxRules} rules`, root.offset);
  return items.slice(0, maxRules).flatMap((item) => {
    if (item.kind === "map") return [item];
    issues.add("yaml_invalid", `a rule is a map, not ${describe(item)}`, item.offset, "write id: …, title: …");
    return [];
  });
}

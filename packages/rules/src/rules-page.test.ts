import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parseRules } from "./rule/parse-rules.ts";
import { ruleKeys } from "./rule/read-rule.ts";
import { ruleTables } from "./tables.ts";

const page = readFileSync(new URL("../../../docs/rules.md", import.meta.url), "utf8");

it("the rule in docs/rules.md is one of five lines that an agent takes as it comes", () => {
  const rule = /^```yaml\n([^]*?)^```$/m.exec(page)?.[1] ?? "";
  expect(rule.trimEnd().split("\n")).toHaveLength(5);
  const { rules, issues } = parseRules(rule, "docs/rules.md", { profile: "strict", tables: ruleTables });
  expect(issues).toEqual([]);
  expect(rules).toHaveLength(1);
});

it("docs/rules.md explains every key of a rule but those that the compiler writes, and no other", () => {
  const rows = page.slice(page.indexOf("## All that a rule can say")).split("\n## ")[0] ?? "";
  const named = [...rows.matchAll(/^\| (`.+?`) \|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, key]) => key),
  );
  expect(new Set(named)).toEqual(new Set(ruleKeys.filter((key) => key !== "source")));
  expect(named).toHaveLength(ruleKeys.length - 1);
});

import type { OperationDefinition } from "../../definition.ts";
import * as field from "../../fields.ts";
import * as sentinel from "../../sentinel-fields.ts";
import * as shape from "../../sentinel-shapes.ts";
import * as example from "./examples.ts";

const { optional } = field;
const sees = (action: string) => ({ resource: "audit", path: "", action });
const changes = { resource: "policy", path: "", action: "write" } as const;
const common = { program: "agent", success: [200], entryResource: "rule" } as const;
const one = { params: { rule: sentinel.rule("Id of the rule.") } } as const;
const given = { rule: example.rule.id };
const problem = { file: "mine.yaml", message: "INSERT is not admitted", line: 4, column: 8 };

/** What is watched for. To see the rules is to audit; what is watched for is policy. */
export const rule: OperationDefinition[] = [
  {
    ...common,
    name: "rule.list",
    title: "List rules",
    description: "Rules of this agent by id, and the files that hold none that works.",
    method: "GET",
    path: "/api/rules",
    permission: sees("list"),
    input: { query: { limit: optional(field.limit(1000)), after: optional(field.after) } },
    output: {
      schema: field.named("RuleList", {
        items: field.list(shape.rule, 1000),
        problems: field.list(shape.ruleProblem, 1000),
        next: optional(field.next),
      }),
    },
    errors: [],
    examples: [{ title: "All", input: {}, output: { items: [example.rule], problems: [problem] } }],
  },
  {
    ...common,
    name: "rule.read",
    title: "Read a rule",
    description: "One rule with its statement, its schedule and how its runs went.",
    method: "GET",
    path: "/api/rules/{rule}",
    permission: sees("read"),
    input: one,
    output: { schema: shape.ruleWithSql },
    errors: ["not_found"],
    examples: [
      {
        title: "One",
        input: given,
        output: {
          ...example.rule,
          description: example.details.description,
          sql: "SELECT * FROM process_events WHERE type = 'exec' AND substr(path, 1, 5) = '/tmp/'",
          profile: "strict",
          tables: ["process_events"],
          dedup: ["path"],
          attack: ["T1059"],
          falsePositives: example.details.falsePositives,
        },
      },
    ],
  },
  {
    ...common,
    name: "rule.enable",
    title: "Enable a rule",
    description: "Switches a rule on. It looks at what comes from now on.",
    method: "POST",
    path: "/api/rules/{rule}:enable",
    permission: changes,
    input: { ...one, body: { note: optional(field.storedText(1024, "Why. Never put a secret here.")) } },
    output: { schema: shape.ruleChange },
    errors: ["not_found"],
    mutation: true,
    examples: [{ title: "On", input: { ...given, note: "the build moved" }, output: { ...given, state: "enabled" } }],
  },
  {
    ...common,
    name: "rule.disable",
    title: "Disable a rule",
    description: "Switches a rule off until it is enabled again, and records why.",
    method: "POST",
    path: "/api/rules/{rule}:disable",
    permission: changes,
    input: { ...one, body: { note: sentinel.reason } },
    output: { schema: shape.ruleChange },
    errors: ["not_found"],
    mutation: true,
    examples: [{ title: "Off", input: { ...given, note: "too loud" }, output: { ...given, state: "disabled" } }],
  },
  {
    ...common,
    name: "rule.reload",
    title: "Reload the rules",
    description: "Reads the rule files again. Rules that work take effect; what is wrong with the others is said.",
    method: "POST",
    path: "/api/rules:reload",
    permission: changes,
    input: {},
    output: {
      schema: field.named("ReloadedRules", {
        rules: field.count("Rules that work."),
        added: field.count("Rules that were not there before."),
        changed: field.count("Rules that read differently than before."),
        removed: field.count("Rules that are gone."),
        problems: field.list(shape.ruleProblem, 1000),
      }),
    },
    errors: [],
    mutation: true,
    examples: [
      {
        title: "After an edit",
        input: {},
        output: { rules: 26, added: 1, changed: 0, removed: 0, problems: [problem] },
      },
    ],
  },
];

import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { runSql } from "../sqlite.fixture.ts";
import { ruleTables } from "../tables.ts";
import { formatIssue, ruleIssueCodes } from "./issue.ts";
import { parseRules, type RuleFile } from "./parse-rules.ts";
import { printRule } from "./print-rule.ts";
import type { RuleOptions } from "./read-rule.ts";
import { ruleTestCases, runRuleTests } from "./run-tests.ts";

const strict: RuleOptions = { profile: "strict", tables: ruleTables };
const extended: RuleOptions = { profile: "extended", tables: ruleTables };

const parse = (text: string, options = strict): RuleFile => parseRules(text, "rules/own.yaml", options);
const complaints = (text: string, options = strict): string[] => parse(text, options).issues.map(formatIssue);

const five = `id: tmp-program
title: A program runs from /tmp
severity: high
description: Programs of the system do not stand there.
sql: SELECT pid, path FROM process_events WHERE SUBSTR(path, 1, 5) = '/tmp/'
`;

const whole = `id: shells
title: "Shells of a web server"
severity: critical
description: |
  The first line.
  The second.
profile: extended
schedule: { every: 60s }
window: 10m
dedup: [path, username]
attack: [T1059, T1505.003]
false_positives:
  - CGI scripts.
sql: |
  SELECT path, username, COUNT(*) AS times
  FROM process_events
  WHERE parent_name IN ('nginx', 'httpd') AND name LIKE '%sh'
  GROUP BY path, username
tests:
  match:
    - name: nginx starts a shell
      process_events: { parent_name: nginx, name: bash, path: /bin/bash }
  no_match:
    - process_events:
        - { parent_name: sshd, name: bash }
        - { parent_name: nginx, name: nginx }
      users: { uid: 0, shell: true }
source:
  kind: sigma
  id: 5c0b7f4e
  author: Somebody
  license: Detection Rule License 1.1
  references: https://example.org/
`;

describe("a rule file", () => {
  it("needs five lines", () => {
    const { rules, issues } = parse(five);
    expect(issues).toEqual([]);
    expect(rules.map(({ rule }) => rule)).toEqual([
      {
        id: "tmp-program",
        title: "A program runs from /tmp",
        severity: "high",
        description: "Programs of the system do not stand there.",
        sql: "SELECT pid, path FROM process_events WHERE SUBSTR(path, 1, 5) = '/tmp/'",
        schedule: { kind: "tick" },
        dedup: [],
        attack: [],
        falsePositives: [],
        tests: { match: [], noMatch: [] },
      },
    ]);
    expect(rules[0]!.statement.tables).toEqual(["process_events"]);
  });

  it("needs no description: the title stands for it", () => {
    const { rules } = parse(five.replace(/description.*\n/, ""));
    expect(rules[0]!.rule.description).toBe("A program runs from /tmp");
  });

  it("may say when a rule runs, over what, what tells findings apart, and how it is tested", () => {
    const { rules, issues } = parse(whole, extended);
    expect(issues).toEqual([]);
    expect(rules[0]!.rule).toMatchObject({
      description: "The first line.\nThe second.",
      profile: "extended",
      schedule: { kind: "every", seconds: 60 },
      windowSeconds: 600,
      dedup: ["path", "username"],
      attack: ["T1059", "T1505.003"],
      falsePositives: ["CGI scripts."],
      source: { kind: "sigma", references: ["https://example.org/"] },
    });
    expect(rules[0]!.rule.tests.noMatch[0]!.rows).toHaveLength(3);
    expect(rules[0]!.statement).toMatchObject({ columns: ["path", "username", "times"], isAggregate: true });
  });

  it("may hold a list, in which one rule's mistake does not stop the others", () => {
    const list = `- ${five.replaceAll("\n", "\n  ").trim()}\n- id: other\n  title: Other\n  severity: enormous\n  sql: SELECT 1\n`;
    const { rules, issues } = parse(list);
    expect(rules.map(({ rule }) => rule.id)).toEqual(["tmp-program"]);
    expect(issues.map(formatIssue)).toEqual([
      "rules/own.yaml:8:13: severity is one of informational, low, medium, high, critical",
      "rules/own.yaml:9:16: FROM is expected here (a statement reads one of the tables)",
    ]);
  });

  it("is the same after it was printed and read again", () => {
    for (const text of [five, whole]) {
      const { rule } = parse(text, extended).rules[0]!;
      const again = parse(printRule(rule), extended);
      expect(again.issues).toEqual([]);
      expect(again.rules[0]!.rule).toEqual(rule);
    }
  });
});

describe("what is wrong with a rule file", () => {
  it.each([
    [five.replace("severity", "severty"), "rules/own.yaml:3:1: the key severty is not known (did you mean severity?)"],
    [
      five.replace("high", "hihg"),
      "rules/own.yaml:3:11: severity is one of informational, low, medium, high, critical (did you mean high?)",
    ],
    [five.replace(/title.*\n/, ""), "rules/own.yaml:1:1: the key title is missing"],
    [
      five.replace("tmp-program", "-x"),
      "rules/own.yaml:1:5: id holds letters, digits, . _ and -, and begins with a letter or digit",
    ],
    [five.replace("tmp-program", "[x]"), "rules/own.yaml:1:5: id is a text, not a list"],
    [
      five.replace("A program", "A \\u0007 program").replace("title: ", 'title: "').replace("/tmp\n", '/tmp"\n'),
      "rules/own.yaml:2:8: title holds a control or invisible character",
    ],
    [
      `${five}schedule: { every: 5 minutes }\n`,
      "rules/own.yaml:6:20: every is a time up to 86400 seconds (write 30s, 5m, 2h or 1d)",
    ],
    [
      `${five}schedule: hourly\n`,
      "rules/own.yaml:6:11: schedule is tick, or a map with every (write schedule: { every: 60s })",
    ],
    [
      `${five}report: changes\n`,
      "rules/own.yaml:6:9: changes are reported every so often (write schedule: { every: 60s })",
    ],
    [
      `${five}report: changes\nschedule: { every: 60s }\nwindow: 5m\n`,
      "rules/own.yaml:6:9: changes are those of a whole result, not of a window (leave window out)",
    ],
    [
      `${five.replace(/SELECT .* FROM/, "SELECT seq FROM")}report: changes\nschedule: { every: 60s }\n`,
      "rules/own.yaml:6:9: seq differs at every look (name the columns to compare)",
    ],
    [`${five}window: 30d\n`, "rules/own.yaml:6:9: window is a time up to 604800 seconds (write 30s, 5m, 2h or 1d)"],
    [
      `${five}dedup: [pth]\n`,
      "rules/own.yaml:6:9: dedup names a column that the statement does not give (did you mean path?)",
    ],
    [
      `${five}attack: [attack.t1059]\n`,
      "rules/own.yaml:6:10: attack holds ids of MITRE ATT&CK techniques (write T1059 or T1059.004)",
    ],
    [
      `${five}profile: extended\n`,
      "rules/own.yaml:6:10: rules may not be wider than the profile strict (agent.detection.profile: extended allows it)",
    ],
    [
      five.replace("sql: ", "sql: SELECT pid FROM processes WHERE name IN ('a') #"),
      "rules/own.yaml:5:43: IN is not admitted in the profile strict (write column = a OR column = b, or use the profile extended; write profile: extended in the rule, and set agent.detection.profile: extended)",
    ],
    [
      `${five}tests: { match: [ { proces_events: { pid: 1 } } ] }\n`,
      "rules/own.yaml:6:21: there is no table proces_events (did you mean process_events?)",
    ],
    [
      `${five}tests: { match: [ { process_events: { pidd: 1 } } ] }\n`,
      "rules/own.yaml:6:39: the table process_events has no column pidd (did you mean pid?)",
    ],
    [`${five}tests: { match: [ { process_events: { pid: many } } ] }\n`, "rules/own.yaml:6:44: pid is a whole number"],
    [`${five}tests: { matches: [] }\n`, "rules/own.yaml:6:10: the key matches is not known (did you mean match?)"],
    [`${five}tests: [1]\n`, "rules/own.yaml:6:8: tests is a map with match and no_match, not a list"],
    [`${five}id: again\n`, "rules/own.yaml:6:1: this key stands twice in the same map"],
    [`${five}source: { kind: own }\n`, "rules/own.yaml:6:17: kind is one of sigma"],
    ["just words", "rules/own.yaml:1:1: a rule is a map, not a text (write id: …, title: …)"],
    ["", "rules/own.yaml:1:1: the file is empty"],
    [`${five}---\n${five}`, "rules/own.yaml:6:1: the file holds several documents"],
  ])("is said with its place and the near miss: %#", (text, complaint) => {
    expect(complaints(text)).toEqual([complaint]);
  });

  it.each([
    ["sql: SELECT pid FROM process_events WHERE paht = ''", 5, 43],
    ['sql: "SELECT pid FROM process_events WHERE paht = 1"', 5, 44],
    ["sql: 'SELECT pid FROM process_events WHERE paht = 1'", 5, 44],
    ["sql: |\n  SELECT pid\n  FROM process_events\n  WHERE paht = 1", 8, 9],
    ["sql: |-\n\n    SELECT pid\n      FROM process_events WHERE paht = 1", 8, 33],
    ["sql: |\n  SELECT paht\n  FROM process_events", 6, 10],
    ["sql: >\n  SELECT pid\n  FROM process_events\n  WHERE paht = 1", 5, 6],
    ["sql: SELECT pid\n  FROM process_events WHERE paht = 1", 5, 6],
  ])("shows the place inside of a statement where that can be told: %j", (sql, line, column) => {
    const [issue] = parse(five.replace(/sql: .*\n/, `${sql}\n`)).issues;
    expect(issue).toMatchObject({
      code: "sql_refused",
      message: "there is no column paht",
      hint: "did you mean path?",
    });
    expect(issue!.position).toMatchObject({ line, column });
  });

  it("keeps a wide SELECT * from becoming a finding that no alert can hold", () => {
    const sql = "SELECT * FROM processes p JOIN process_events e ON e.pid = p.pid JOIN users u ON u.uid = e.uid";
    expect(complaints(`${five.replace(/sql: .*/, `sql: ${sql}`)}profile: extended\n`, extended)).toEqual([
      "rules/own.yaml:5:6: a finding has at most 64 columns (name those that matter)",
    ]);
  });

  it("has a code of a list that is public and stable", () => {
    expect(ruleIssueCodes).toMatchInlineSnapshot(`
      [
        "yaml_invalid",
        "key_unknown",
        "key_missing",
        "value_invalid",
        "id_taken",
        "profile_not_allowed",
        "sql_refused",
        "column_unknown",
        "test_invalid",
      ]
    `);
  });
});

describe("a hostile rule file (ATTACKS 30)", { timeout: 60_000 }, () => {
  const bomb = [
    "a: &a [x,x,x,x,x,x,x,x,x]",
    ..."bcdefghij"
      .split("")
      .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${"abcdefghi"[index]}`).join(",")}]`),
  ].join("\n");

  it.each([
    ["aliases of aliases", bomb],
    ["an alias of itself", "a: &a [*a]"],
    ["tags", "a: !!js/function 'x'"],
    ["tags of its own", "a: !secret x"],
    ["a million brackets", "[".repeat(200_000)],
    ["depth", Array.from({ length: 60 }, (_, index) => `${" ".repeat(index)}a:`).join("\n")],
    ["length", `a: ${"x".repeat(300_000)}`],
    ["values", `a: [${"1,".repeat(60_000)}]`],
    ["keys that are maps", "? { a: b }\n: c"],
    ["a document of YAML 1.1", "%YAML 1.1\n---\na: yes\n<<: x\n? x"],
    ["keys of objects", "__proto__: { id: x }\nconstructor: y"],
  ])("is refused: %s", (_, text) => {
    const { rules, issues } = parse(text);
    expect(rules).toEqual([]);
    expect(issues.length).toBeGreaterThan(0);
    for (const issue of issues) expect(issue.message.length).toBeLessThan(300);
  });

  it("is read or refused, never thrown at", () => {
    const pieces = [
      "id",
      ":",
      " ",
      "\n",
      "- ",
      "sql",
      "|",
      ">",
      "'",
      '"',
      "{",
      "}",
      "[",
      "]",
      "&a",
      "*a",
      "!x",
      "?",
      "#",
      "%",
      "\t",
      "x",
      "1",
    ];
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 })), { maxLength: 40 }),
        (list) => {
          expect(Array.isArray(parse(list.join("")).issues)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("the tests of a rule", () => {
  it("run on an empty database with the rows that they name", async () => {
    const runnable = parse(whole, extended).rules[0]!;
    expect(ruleTestCases(runnable.rule).map(({ name, expects }) => [name, expects])).toEqual([
      ["nginx starts a shell", "match"],
      ["no_match 1", "no_match"],
    ]);
    expect(await runRuleTests(runnable, runSql)).toEqual([
      { name: "nginx starts a shell", expects: "match", isPassed: true, found: 1 },
      { name: "no_match 1", expects: "no_match", isPassed: true, found: 0 },
    ]);
  });

  it("fail when a rule finds what it must not, finds nothing, or cannot run", async () => {
    const swapped = whole.replace("  match:", "  x:").replace("  no_match:", "  match:").replace("  x:", "  no_match:");
    const runnable = parse(swapped, extended).rules[0]!;
    const results = await runRuleTests(runnable, runSql);
    expect(results.map((result) => result.isPassed)).toEqual([false, false]);
    const broken = await runRuleTests(runnable, () => Promise.reject(new Error("no database")));
    expect(broken[0]).toMatchObject({ isPassed: false, error: "no database" });
  });
});

test("a rule can report changes of a whole result, and is printed as it was read", () => {
  const text = `${five.replace("process_events", "processes")}report: changes\nschedule: { every: 60s }\n`;
  const [first] = parse(text).rules;
  expect(first?.rule.isDifferential).toBe(true);
  expect(parse(printRule(first!.rule)).rules[0]?.rule).toEqual(first?.rule);
});

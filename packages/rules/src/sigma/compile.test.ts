import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { fewRows, runStatement } from "../sqlite.fixture.ts";
import { compileSigma, type SigmaCompilation } from "./compile.ts";
import { type EventRow, sigmaReference } from "./reference.fixture.ts";
import { sigmaReasonCodes } from "./reason.ts";
import { findBoth } from "./rows.fixture.ts";

const head = `title: A test
id: 0f1a2b3c
author: Somebody
references: [https://example.org/]
tags: [attack.execution, attack.t1059.004, attack.T1059, attack.t1059]
level: high
falsepositives: [Tests]
logsource: { category: process_creation, product: linux }
`;

const ruleOf = (detection: string): string => `${head}detection:\n${detection.replaceAll(/^/gm, "  ")}\n`;
const selecting = (selection: string): string => ruleOf(`s:\n  ${selection}\ncondition: s`);

function compiled(text: string): Extract<SigmaCompilation, { ok: true }> {
  const compilation = compileSigma(text);
  if (!compilation.ok) throw new Error(JSON.stringify(compilation.reasons));
  return compilation;
}

/** The WHERE of the compiled rule, without what every rule asks. */
function whereOf(text: string): string {
  return compiled(text).rule.sql.split("('exec', 'found')\n  AND ")[1]!.replaceAll("\n ", "");
}

function reasonsOf(text: string): string[] {
  const compilation = compileSigma(text);
  if (compilation.ok) throw new Error(`compiled: ${compilation.rule.sql}`);
  return compilation.reasons.map(({ position, part, message, hint }) => {
    return `${position.line}:${position.column} ${part}: ${message}${hint === undefined ? "" : ` (${hint})`}`;
  });
}

describe("a compiled Sigma rule", () => {
  it("keeps what the rule says of itself", () => {
    const { rule } = compiled(selecting("Image|endswith: /sh"));
    expect(rule).toMatchObject({
      id: "0f1a2b3c",
      title: "A test",
      severity: "high",
      description: "A test",
      profile: "extended",
      attack: ["T1059.004", "T1059"],
      falsePositives: ["Tests"],
      source: {
        kind: "sigma",
        id: "0f1a2b3c",
        author: "Somebody",
        license: "Detection Rule License 1.1",
        references: ["https://example.org/"],
      },
    });
  });

  it("is shown as people would write it", () => {
    expect(
      compiled(selecting("{ CommandLine|contains: [nc, socat], Image|endswith: /sh }")).rule.sql,
    ).toBe(`SELECT time, pid, parent, name, path, cmdline, cwd, uid, username, sha256, parent_name, parent_path, parent_cmdline, seq
FROM process_events
WHERE type IN ('exec', 'found')
  AND path LIKE '%/sh'
  AND (cmdline LIKE '%nc%' OR cmdline LIKE '%socat%')`);
  });

  it.each([
    ["Image: /bin/sh", "path LIKE '/bin/sh'"],
    ["Image|startswith: /tmp/", "path LIKE '/tmp/%'"],
    ["CommandLine|contains: '100%_'", "cmdline LIKE '%100\\%\\_%' ESCAPE '\\'"],
    ["CommandLine: 'a*b?c'", "cmdline LIKE 'a%b_c'"],
    ["CommandLine: 'a\\*b\\?c\\\\d\\e'", "cmdline LIKE 'a*b?c\\\\d\\\\e' ESCAPE '\\'"],
    ["CommandLine|contains|all: [a, b]", "cmdline LIKE '%a%' AND cmdline LIKE '%b%'"],
    ["CommandLine|cased|contains: 'A*b['", "cmdline GLOB '*A*b[[]*'"],
    ["CommandLine|cased: Ab", "cmdline = 'Ab'"],
    ["CommandLine|re: '\\s-[Dd]$'", "cmdline GLOB '*[\t-\r ]-[Dd]'"],
    ["CommandLine|re|i: 'ab'", "cmdline GLOB '*[Aa][Bb]*'"],
    ["CommandLine|neq: a", "NOT (cmdline LIKE 'a')"],
    ["CommandLine: ''", "cmdline = ''"],
    ["CommandLine: null", "cmdline = ''"],
    ["CommandLine: '*'", "cmdline <> ''"],
    ["CommandLine|exists: true", "NOT (cmdline = '')"],
    ["CommandLine|contains: 42", "cmdline LIKE '%42%'"],
    ["CommandLine|fieldref: ParentCommandLine", "lower(cmdline) = lower(parent_cmdline)"],
    ["ProcessId: [1, '2', '0x10']", "(pid = 1 OR pid = 2 OR pid = 16)"],
    ["ProcessId|gte: 5", "pid >= 5"],
    ["ProcessId: null", "pid = (-1)"],
    ["CommandLine|base64: 'foo'", "cmdline LIKE 'Zm9v'"],
    [
      "CommandLine|base64offset|contains: 'foobar'",
      "(cmdline LIKE '%Zm9vYmFy%' OR cmdline LIKE '%Zvb2Jhc%' OR cmdline LIKE '%mb29iYX%')",
    ],
    ["CommandLine|wide|base64|contains: 'a'", "cmdline LIKE '%YQA=%'"],
    [
      "CommandLine|windash|contains: ' -x'",
      "(cmdline LIKE '% -x%' OR cmdline LIKE '% /x%' OR cmdline LIKE '% –x%' OR cmdline LIKE '% —x%' OR cmdline LIKE '% ―x%')",
    ],
    [`Hashes: 'SHA256=${"AB".repeat(32)}'`, `sha256 = '${"ab".repeat(32)}'`],
  ])("means what the specification says: %s", (selection, where) => {
    expect(whereOf(selecting(selection))).toBe(where);
  });

  it("looks for keywords in every text of the event", () => {
    const text = ruleOf("k: [evil]\ncondition: k");
    expect(whereOf(text)).toContain("cmdline LIKE '%evil%'");
    expect(compiled(text).notes).toEqual([
      "keywords are looked for in cmdline, path, cwd, username, parent_path, parent_cmdline",
    ]);
    expect(whereOf(ruleOf("k: { '|all': [evil, worse] }\ncondition: k"))).toContain("parent_cmdline LIKE '%worse%'");
  });

  it("says what it takes for what", () => {
    expect(compiled(selecting("LogonId: 0")).notes).toEqual(["LogonId is the user id, as Sysmon for Linux has it"]);
  });

  it("may be about files and connections", () => {
    const file = selecting("TargetFilename|startswith: /etc/cron").replace("process_creation", "file_event");
    expect(compiled(file).rule.sql).toContain("\"action\" IN ('CREATED', 'UPDATED', 'MOVED_TO')");
    const net = selecting(
      "{ DestinationIp|cidr: [10.0.0.0/8, 192.168.4.0/22, fe80::/10], Protocol: tcp, DestinationPort: 4444 }",
    ).replace("process_creation", "network_connection");
    const { sql } = compiled(net).rule;
    expect(sql).toContain("protocol = 6");
    expect(sql).toContain("remote_address GLOB '10.*'");
    expect(sql).toContain("remote_address GLOB '192.168.7.*'");
    expect(sql).toContain("remote_address GLOB 'febf:*'");
    for (const text of [file, net]) expect(() => runStatement(fewRows(), compiled(text).statement)).not.toThrow();
  });

  it("may have a thousand alternatives", () => {
    const words = Array.from({ length: 1_500 }, (_, index) => `word-${index}-of-many`);
    const { statement } = compiled(selecting(`CommandLine|contains: [${words.join(", ")}]`));
    const database = fewRows();
    database.exec("UPDATE process_events SET cmdline = 'a Word-1499-OF-many' WHERE pid = 3");
    expect(runStatement(database, statement).map((row) => row["pid"])).toEqual([3]);
  });

  it("may bear texts that must not reach a terminal as they are", () => {
    const { rule } = compiled(selecting("Image: x").replace("A test", '"A \\e[31m\\u202etest\\n\\0 "'));
    expect(rule.title).toBe("A [31m test");
  });

  it("has an id even when it brings none", () => {
    expect(compiled(selecting("Image: x").replace(/id: .*\n/, "")).rule.id).toBe("sigma-a-test");
    expect(compiled(selecting("Image: x").replace(/level: .*\n/, "")).rule.severity).toBe("medium");
  });
});

describe("what cannot be compiled", { timeout: 60_000 }, () => {
  it.each([
    [
      selecting("OriginalFileName: x"),
      [
        "11:5 detection.s.OriginalFileName: no column of process_events holds this field (only Windows programs carry it)",
      ],
    ],
    [
      selecting("Imag: x"),
      ["11:5 detection.s.Imag: no column of process_events holds this field (did you mean Image?)"],
    ],
    [
      selecting("Image|expand: '%x%'"),
      [
        "11:5 detection.s.Image|expand: the modifier expand is not compiled (the agent has no placeholders: write the values themselves)",
      ],
    ],
    [
      selecting("Image|endwith: x"),
      ["11:5 detection.s.Image|endwith: the modifier endwith is not compiled (did you mean endswith?)"],
    ],
    [selecting("Image|re|contains: x"), ["11:5 detection.s.Image|re|contains: these modifiers do not go together"]],
    [
      selecting("Image|contains: ''"),
      ["11:21 detection.s.Image|contains: nothing is in everything (leave the modifier out for an empty field)"],
    ],
    [selecting("Image: []"), ["11:12 detection.s.Image: there are no values"]],
    [selecting("Image: { a: b }"), ["11:12 detection.s.Image: a value is a text or a number, not a map"]],
    [selecting("Image|gt: 5"), ["11:15 detection.s.Image|gt: this field holds texts, which are not less or greater"]],
    [
      selecting("ProcessId: '1*'"),
      ["11:16 detection.s.ProcessId: this field holds whole numbers (write one, without wildcards)"],
    ],
    [selecting("ProcessId|re: '1'"), ["11:19 detection.s.ProcessId|re: this field holds whole numbers"]],
    [
      selecting("Image|cidr: 10.0.0.0/8"),
      [
        "11:17 detection.s.Image|cidr: this network cannot be compared with the field (IPv4 networks, and IPv6 ones of /8 to /16 and /128, of a field that holds addresses)",
      ],
    ],
    [selecting("Image|exists: maybe"), ["11:19 detection.s.Image|exists: exists is true or false"]],
    [selecting("Image|fieldref: ProcessId"), ["11:21 detection.s.Image|fieldref: a text is compared with a number"]],
    [
      selecting("Image|wide: x"),
      ["11:17 detection.s.Image|wide: UTF-16 holds zero bytes, which no column does: encode it with base64offset"],
    ],
    [selecting("Image|base64: 'x*'"), ["11:19 detection.s.Image|base64: a value with wildcards cannot be encoded"]],
    [
      selecting("Hashes: MD5=0123"),
      ["11:13 detection.s.Hashes: the agent computes SHA-256 only (write SHA256= and 64 hex digits)"],
    ],
    [
      selecting(`Image: '${"*a".repeat(20)}'`),
      ["11:12 detection.s.Image: the value is too long, or has too many wildcards"],
    ],
    [
      selecting(`Image|windash: '${" -x".repeat(5)}'`),
      ["11:20 detection.s.Image|windash: the value stands for more than 625 others"],
    ],
    [
      ruleOf("s: { Image: x }\ncondition: s | count() > 5"),
      ["11:16 detection.condition: aggregations were taken out of Sigma; one row is judged at a time"],
    ],
    [
      ruleOf("s: { Image: x }\ntimeframe: 5m\ncondition: s"),
      ["11:3 detection.timeframe: a timeframe belongs to an aggregation; one row is judged at a time"],
    ],
    [ruleOf("s: { Image: x }\ncondition: s and t"), ["11:20 detection.condition: no selection has this name"]],
    [
      ruleOf("selection: { Image: x }\ncondition: selecton"),
      ["11:14 detection.condition: no selection has this name (did you mean selection?)"],
    ],
    [ruleOf("s: { Image: x }\ncondition: 1 of t*"), ["11:19 detection.condition: no selection is meant by this"]],
    [ruleOf("s: { Image: x }\ncondition: 2 of s*"), ["11:14 detection.condition: only 1 of and all of are known"]],
    [
      ruleOf("s: { Image: x }\ncondition: s and"),
      ["11:19 detection.condition: the name of a selection is expected here"],
    ],
    [ruleOf("s: { Image: x }\ncondition: (s"), ["11:16 detection.condition: ) is expected here"]],
    [ruleOf("s: { Image: x }\ncondition: s)"), ["11:15 detection.condition: ) is not expected here"]],
    [
      ruleOf(`s: { Image: x }\ncondition: ${"(".repeat(50)}`),
      ["11:46 detection.condition: the condition nests deeper than 32 levels"],
    ],
    [ruleOf("s: { Image: x }\ncondition: [1]"), ["11:15 detection.condition: a condition is a text, not a number"]],
    [ruleOf("s: { Image: x }"), ["10:3 detection: the condition is missing"]],
    [ruleOf("s: {}\ncondition: s"), ["10:6 detection.s: the selection is empty"]],
    [ruleOf("s: [null]\ncondition: s"), ["10:7 detection.s: a keyword is a text, not nothing"]],
    [
      ruleOf("s: { '|contains': [x] }\ncondition: s"),
      ["10:8 detection.s: keywords have no modifier but all, and are a list"],
    ],
    [
      selecting("Image: x").replace("linux", "windows"),
      ["8:51 logsource.product: rules are compiled for linux and macos"],
    ],
    [
      selecting("Image: x").replace("process_creation", "process_access"),
      [
        "8:12 logsource: the agent does not see this log source (there are process_creation, file_event, file_delete, network_connection)",
      ],
    ],
    [
      selecting("Image: x").replace("high", "severe"),
      ["6:8 level: the level is one of informational, low, medium, high, critical"],
    ],
    [selecting("Image: x").replace("title: A test\n", ""), ["1:1 title: the title is missing"]],
    [
      `${selecting("Image: x")}correlation: { type: event_count }\n`,
      ["13:1 correlation: correlations of several rules are not compiled: one row is judged at a time"],
    ],
    [`${selecting("Image: x")}---\n${head}`, ["13:1 : the file holds several documents"]],
    ["title: x", ["1:1 logsource: logsource is missing, or no map", "1:1 detection: detection is missing, or no map"]],
    ["- a", ["1:1 : a rule is a map"]],
  ])("is explained with the part of the file that it is about: %#", (text, reasons) => {
    expect(reasonsOf(text)).toEqual(reasons);
  });

  it("is explained in full, not only the first thing", () => {
    const text = ruleOf(
      "a: { Company: x, Image|foo: y }\nb: { CommandLine|re: 'a+b' }\nc: { CommandLine|re: 'ab+c' }\ncondition: all of them",
    );
    expect(reasonsOf(text)).toEqual([
      "10:8 detection.a.Company: no column of process_events holds this field (only Windows programs carry it)",
      "10:20 detection.a.Image|foo: the modifier foo is not compiled",
      expect.stringContaining("12:24 detection.c.CommandLine|re: something in the middle repeats without a bound"),
    ]);
  });

  it("has codes of a list that is public and stable", () => {
    expect(sigmaReasonCodes).toMatchInlineSnapshot(`
      [
        "yaml_invalid",
        "key_missing",
        "value_invalid",
        "logsource_unknown",
        "selection_unknown",
        "condition_invalid",
        "aggregation",
        "correlation",
        "field_unknown",
        "modifier_unknown",
        "regex",
        "too_large",
      ]
    `);
  });

  it("is a value, whatever the text: nothing throws", () => {
    const pieces = [
      "s:",
      " ",
      "\n",
      "  ",
      "Image",
      "|",
      "re",
      "contains",
      ": ",
      "'",
      "[",
      "]",
      "{",
      "}",
      "*",
      "\\",
      "condition: ",
      "s",
      "1 of ",
      "(",
      ")",
      "and ",
      "not ",
      "-",
      "null",
    ];
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 })), { maxLength: 25 }),
        (list) => {
          expect(typeof compileSigma(ruleOf(list.join(""))).ok).toBe("boolean");
          expect(typeof compileSigma(list.join("")).ok).toBe("boolean");
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe("any detection", { timeout: 60_000 }, () => {
  const text = fc.string({
    unit: fc.constantFrom("a", "A", "b", "-", "*", "?", "\\", "%", "_", "[", " "),
    maxLength: 5,
  });
  const value = fc.oneof({ weight: 6, arbitrary: text }, { weight: 1, arbitrary: fc.constant(null) });
  const field = fc.constantFrom("Image", "CommandLine", "User");
  const modifiers = fc
    .tuple(
      fc.constantFrom("", "|contains", "|startswith", "|endswith"),
      fc.constantFrom("", "", "|cased"),
      fc.constantFrom("", "|all"),
      fc.constantFrom("", "", "", "|neq"),
    )
    .map((words) => words.join(""));
  const entry = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.tuple(
        fc.tuple(field, modifiers).map(([name, words]) => name + words),
        fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 3 })),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(
        fc
          .tuple(fc.constantFrom("ProcessId", "LogonId"), fc.constantFrom("", "|gt", "|lte"))
          .map((parts) => parts.join("")),
        fc.nat(3),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(
        fc.tuple(field, fc.constantFrom("|re", "|re|i")).map((words) => words.join("")),
        fc.constantFrom("a[ab]{0,3}-", "(a|b-|A){1,3}\\*", "^a|b$", "[^a]{2}_", "^[ab]{0,2}(-|\\[|_ ){1,2}$", "%.*a"),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(
        field.map((name) => `${name}|exists`),
        fc.boolean(),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(
        field.map((name) => `${name}|fieldref`),
        field,
      ),
    },
  );
  const map = fc
    .array(entry, { minLength: 1, maxLength: 3 })
    .map((entries): Record<string, unknown> => Object.fromEntries<unknown>(entries as [string, unknown][]));
  const keyword = text.filter((word) => /[^*]/.test(word) && word !== "\\");
  const selection = fc.oneof(map, map, fc.array(fc.oneof(map, keyword), { minLength: 1, maxLength: 2 }));
  const { condition } = fc.letrec<{ condition: string }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom("sel_a", "sel_b", "_c", "1 of sel_*", "all of sel*", "1 of them", "all of *b"),
      fc.tuple(tie("condition"), fc.constantFrom("and", "or"), tie("condition")).map((parts) => parts.join(" ")),
      tie("condition").map((inner) => `not (${inner})`),
      tie("condition").map((inner) => `(${inner})`),
    ),
  }));
  const detection = fc.record({ sel_a: selection, sel_b: selection, _c: selection, condition });
  const cell = fc.string({
    unit: fc.constantFrom("a", "A", "b", "-", "*", "?", "\\", "%", "_", "[", " "),
    maxLength: 6,
  });
  const row: fc.Arbitrary<EventRow> = fc.record({
    type: fc.constantFrom("exec", "found", "fork"),
    path: cell,
    cmdline: cell,
    username: cell,
    cwd: fc.constant(""),
    parent_path: fc.constant(""),
    parent_cmdline: fc.constant(""),
    pid: fc.constantFrom(-1, 0, 1, 2, 3),
    uid: fc.constantFrom(-1, 0, 1, 2),
    parent: fc.constant(0),
  });

  it("finds in SQLite what the reference finds, or is explained", () => {
    let taken = 0;
    fc.assert(
      fc.property(detection, fc.array(row, { minLength: 10, maxLength: 30 }), (made, rows) => {
        const rule = `${head}${stringify({ detection: made })}`;
        const compilation = compileSigma(rule);
        fc.pre(compilation.ok);
        taken += 1;
        const { sql, reference } = findBoth(rule, compilation.statement, rows);
        expect(sql).toEqual(reference);
      }),
      { numRuns: 100 },
    );
    expect(taken).toBe(100);
    expect(sigmaReference(selecting("Image: a"))({ type: "exec", path: "A" })).toBe(true);
  });
});

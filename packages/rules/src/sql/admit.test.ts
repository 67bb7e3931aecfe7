import { describe, expect, it } from "vitest";
import { fewRows, openTables, runStatement, valuesOf } from "../sqlite.fixture.ts";
import { ruleTables } from "../tables.ts";
import { admit, type AdmittedStatement } from "./admit.ts";
import { goodStatements } from "./good.fixture.ts";
import { hostileStatements } from "./hostile.fixture.ts";
import type { Profile } from "./profile.ts";
import { type Refusal, refusalCodes } from "./refusal.ts";

/** A statement as titles show it: in one line, and not at full length. */
function short(sql: string): string {
  const line = JSON.stringify(sql).slice(1, -1);
  return line.length > 100 ? `${line.slice(0, 100)}… (${sql.length})` : line;
}

function refusalOf(sql: string, profile: Profile = "strict"): Refusal {
  const admission = admit(sql, { profile, tables: ruleTables });
  if (admission.ok) throw new Error(`admitted: ${admission.statement.sql}`);
  return admission.refusal;
}

function admitted(sql: string, profile: Profile = "extended"): AdmittedStatement {
  const admission = admit(sql, { profile, tables: ruleTables });
  if (!admission.ok) throw new Error(`refused: ${JSON.stringify(admission.refusal)}`);
  return admission.statement;
}

describe("hostile statements (ATTACKS 33, 35, 36)", () => {
  it("are at least 120", () => expect(hostileStatements.length).toBeGreaterThanOrEqual(120));

  const titled = hostileStatements.map(([code, profile, sql]) => ({ code, profile, sql, shown: short(sql) }));
  it.each(titled)("are refused as $code in the profile $profile: $shown", ({ code, profile, sql }) => {
    const refusal = refusalOf(sql, profile);
    expect(refusal.code, `${short(sql)}: ${refusal.message}`).toBe(code);
    expect(refusal.position.offset).toBeLessThanOrEqual(sql.length);
    expect(refusal.message.length).toBeLessThan(200);
  });

  it("meet every code there is", () => {
    expect(new Set(hostileStatements.map(([code]) => code))).toEqual(new Set(refusalCodes));
  });

  it("do not get into the message of the refusal when they are long or odd", () => {
    const { message } = refusalOf(`SELECT pid FROM "${"x".repeat(1000)}"`);
    expect(message).toBe("there is no table of this name");
  });
});

describe("good statements", () => {
  it("are at least 60", () => expect(goodStatements.length).toBeGreaterThanOrEqual(60));

  const titled = goodStatements.map(([profile, sql]) => ({ profile, sql, shown: short(sql) }));
  it.each(titled)(
    "are admitted in the profile $profile and mean to SQLite what they say: $shown",
    ({ profile, sql }) => {
      const statement = admitted(sql, profile);
      const database = fewRows();
      const prepared = database.prepare(statement.sql);
      expect(prepared.columns().map((column) => column.name)).toEqual(statement.columns);
      expect(statement.sql.split("?").length - 1).toBe(statement.parameters.length);
      expect(valuesOf(database, statement.sql, statement.parameters)).toEqual(valuesOf(database, sql, []));
    },
  );

  it("of the profile strict are admitted in the profile extended too, to the same SQL", () => {
    const strict = goodStatements.filter(([profile]) => profile === "strict");
    for (const [, sql] of strict) expect(admitted(sql, "extended")).toEqual(admitted(sql, "strict"));
  });
});

describe("what is admitted", () => {
  it("is printed anew, with a parameter for every literal in its order", () => {
    const statement = admitted("select Path from process_events where substr(path, 1, 5) = '/tmp/' limit 3", "strict");
    expect(statement).toEqual({
      sql: "SELECT process_events.path AS path FROM process_events WHERE substr(process_events.path, ?, ?) = ? LIMIT ?",
      parameters: [1, 5, "/tmp/", 3],
      tables: ["process_events"],
      columns: ["path"],
      isAggregate: false,
    });
  });

  it("names the tables that are read, inside of WITH and subqueries too, and not those in WITH", () => {
    const sql =
      "WITH w AS (SELECT pid FROM processes) SELECT pid FROM w WHERE pid IN (SELECT pid FROM listening_ports)";
    expect(admitted(sql).tables).toEqual(["listening_ports", "processes"]);
  });

  it("says when rows are counted or grouped anywhere", () => {
    expect(admitted("SELECT count(*) FROM processes").isAggregate).toBe(true);
    expect(admitted("SELECT uid FROM processes GROUP BY uid").isAggregate).toBe(true);
    expect(admitted("WITH w AS (SELECT count(*) AS n FROM processes) SELECT n FROM w").isAggregate).toBe(true);
    expect(admitted("SELECT length(name) FROM processes").isAggregate).toBe(false);
  });

  it("gives every result column a name of its own", () => {
    const { columns } = admitted(
      "SELECT pid, pid, count(*), max(time), length('x'), 1, name AS pid_2 FROM process_events",
    );
    expect(columns).toEqual(["pid", "pid_3", "count_all", "max_time", "length_value", "column_6", "pid_2"]);
  });

  it("divides whole numbers as whole numbers and reals as reals", () => {
    const database = openTables();
    database.exec("INSERT INTO processes (pid) VALUES (5)");
    const rows = runStatement(
      database,
      admitted("SELECT pid / 2 AS a, 7 / 2 AS b, 7 / 2.0 AS c, 1 || '' AS d FROM processes"),
    );
    expect(rows).toEqual([{ a: 2, b: 3, c: 3.5, d: "1" }]);
  });

  it("takes a bare name in ORDER BY for the result column, elsewhere for the table's column, as SQLite does", () => {
    const database = openTables();
    database.exec("INSERT INTO processes (pid, uid) VALUES (1, 9), (2, 8), (3, 7)");
    const sql = "SELECT 0 - pid AS uid FROM processes WHERE uid > 7 ORDER BY uid";
    expect(runStatement(database, admitted(sql))).toEqual(database.prepare(sql).all());
    expect(runStatement(database, admitted(sql))).toEqual([{ uid: -2 }, { uid: -1 }]);
  });

  it("may be a thousand alternatives and more, printed as a balanced tree", () => {
    const alternatives = Array.from({ length: 5000 }, (_, index) => `cmdline LIKE '%word ${index}%'`).join(" OR ");
    const database = openTables();
    database.exec("INSERT INTO process_events (cmdline) VALUES ('a word 4999 b'), ('nothing')");
    const statement = admitted(`SELECT cmdline FROM process_events WHERE ${alternatives}`);
    expect(runStatement(database, statement)).toEqual([{ cmdline: "a word 4999 b" }]);
  });

  it("may call other functions when the configuration names them, and none that does not exist (ATTACKS 44)", () => {
    const options = { profile: "strict", tables: ruleTables } as const;
    const sql = "SELECT lower(name) FROM processes";
    expect(admit(sql, options).ok).toBe(false);
    expect(admit(sql, { ...options, functions: ["LOWER"] }).ok).toBe(true);
    expect(admit("SELECT count(*) FROM processes", { ...options, functions: ["lower"] }).ok).toBe(false);
    expect(admit("SELECT load_extension('x') FROM processes", { ...options, functions: ["load_extension"] }).ok).toBe(
      false,
    );
  });

  it("reads no other tables than those that are handed in", () => {
    const tables = ruleTables.filter((table) => table.name === "users");
    expect(admit("SELECT uid FROM users", { profile: "strict", tables }).ok).toBe(true);
    expect(admit("SELECT pid FROM processes", { profile: "strict", tables }).ok).toBe(false);
  });
});

describe("a refusal", () => {
  it("says where, in lines and columns", () => {
    const refusal = refusalOf("SELECT pid\nFROM processes\nWHERE cmdlin = 'x'");
    expect(refusal).toEqual({
      code: "column_unknown",
      message: "there is no column cmdlin",
      position: { offset: 32, line: 3, column: 7 },
      hint: "did you mean cmdline?",
    });
  });

  it.each([
    ["SELECT pid FROM proceses", "did you mean processes?"],
    ["SELECT processs.pid FROM processes", "did you mean processes?"],
    ["SELECT processs.* FROM processes", "did you mean processes?"],
    ["SELECT lenght(name) FROM processes", "did you mean length?"],
    ["SELECT pid FROM processes ORDER BY nam", "did you mean name?"],
    ['SELECT pid FROM processes WHERE name = "something"', "text literals stand in '…'"],
    [
      "SELECT pid FROM processes WHERE name LIKE 'x%'",
      "compare with SUBSTR(column, 1, n) = '…', or use the profile extended",
    ],
  ])("names the near miss or the way out: %s", (sql, hint) => {
    expect(refusalOf(sql).hint).toBe(hint);
  });

  it("has a code of a list that is public and stable", () => {
    expect(refusalCodes).toMatchInlineSnapshot(`
      [
        "empty",
        "too_long",
        "too_many_tokens",
        "too_deep",
        "too_complex",
        "character",
        "comment",
        "literal",
        "bind_parameter",
        "quoted_identifier",
        "several_statements",
        "not_select",
        "syntax",
        "clause_not_allowed",
        "operator_not_allowed",
        "function_not_allowed",
        "function_arguments",
        "aggregate_misplaced",
        "window_function",
        "subquery_not_allowed",
        "schema_qualifier",
        "table_function",
        "table_unknown",
        "column_unknown",
        "column_ambiguous",
        "name_taken",
        "name_reserved",
        "cross_join",
        "join_not_allowed",
        "recursive",
        "limit",
        "pattern",
        "columns_differ",
      ]
    `);
  });
});

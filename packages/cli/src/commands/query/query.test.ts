import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Given } from "../../command.ts";
import { type Scene, stage, type Staged } from "../../context.fixture.ts";
import { Failure } from "../../failure.ts";
import { completions } from "./complete.ts";
import { loadHistory, saveHistory } from "./history.ts";
import { interact } from "./interactive.ts";
import { pointAt } from "./point-at.ts";
import { query } from "./query.ts";
import { QuerySession } from "./session.ts";
import { showRows } from "./show-rows.ts";

const column = (name: string) => ({ name, type: "text" as const, description: "" });
const tables = [
  { name: "processes", kind: "state" as const, description: "", columns: ["pid", "path", "name"].map(column) },
  { name: "process_events", kind: "events" as const, description: "", columns: ["pid", "type"].map(column) },
  { name: "users", kind: "state" as const, description: "", columns: ["uid"].map(column) },
];
const result = {
  columns: ["name", "n"],
  rows: [
    ["a,b", 1],
    ['say "x"', null],
    ["", 2],
    ["=1+1\u001b[2J", 3],
  ],
  isTruncated: false,
  durationMs: 1,
};
const refused = new Failure(2, "FRM is not expected (syntax), at line 2, column 3", "a hint", "query_refused");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-query-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const staged = (scene: Scene = {}, given?: Given): Staged =>
  stage(
    {
      env: { XDG_STATE_HOME: folder },
      answer: (name, { sql }) => {
        if (name === "table.list") return { items: tables };
        if (sql === "bad") throw refused;
        return { ...result, rows: [["r", 1]] };
      },
      ...scene,
    },
    given,
  );
const plain = { format: "table", isExact: false, limit: undefined, timeoutMs: undefined } as const;

describe("rows", () => {
  const pipe = stage({}).context.output;
  const terminal = stage({ isTerminal: true, columns: 80 }).context.output;

  it("show as a table in which no value can act or break out of its line", () => {
    const lines = [
      "name           n",
      "a,b            1",
      'say "x"        NULL',
      "               2",
      "=1+1\\u{1b}[2J  3",
      "",
    ];
    expect(showRows(result, "table", terminal)).toEqual({ text: lines.join("\n"), isCut: false });
  });

  it("show on a terminal no wider than that is", () => {
    const wide = { ...result, rows: [["x".repeat(200), 1]] };
    const { text, isCut } = showRows(wide, "table", terminal);
    expect(isCut).toBe(true);
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expect(text).toMatch(/…  1\n$/);
    expect(showRows(wide, "table", pipe).text).toContain("x".repeat(200));
  });

  it("show as CSV that tells what is empty from what is not known, exact in a pipe when that is wanted", () => {
    expect(showRows(result, "csv", pipe, true).text).toBe(
      'name,n\r\n"a,b",1\r\n"say ""x""",\r\n"",2\r\n=1+1\u001b[2J,3\r\n',
    );
    expect(showRows(result, "csv", terminal, true).text).toContain("=1+1\\u{1b}[2J,3");
  });

  it.each([
    ["=1+1", "'=1+1"],
    ["+1", "'+1"],
    ["-rf", "'-rf"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", "'\t'=1"],
    ["\r=1", "'\r'=1"],
    ["\uff1d1", "'\uff1d1"],
    // Where a cell ends at a semicolon or a tab, the next one begins behind it.
    ["sh;=cmd|' /C calc'!A0", "sh;'=cmd|' /C calc'!A0"],
    ["sh\t@SUM(A1)\n+1", "sh\t'@SUM(A1)\n'+1"],
  ])("show as CSV in which a spreadsheet finds no formula: %j", (text, harmless) => {
    const { text: csv } = showRows({ ...result, rows: [[text, -3]] }, "csv", pipe);
    // A number is one, whatever its sign.
    expect(csv).toBe(`name,n\r\n"${harmless}",-3\r\n`);
  });

  it("show a line for each value", () => {
    const two = { ...result, rows: [["x", 1] as const, ["y", null] as const].map((row) => [...row]) };
    expect(showRows(two, "line", terminal).text).toBe("name  x\nn     1\n--\nname  y\nn     NULL\n");
  });
});

describe("completion", () => {
  const hits = (line: string) => completions(line, tables)[0];

  it("offers tables after FROM and JOIN", () => {
    expect(hits("select pid from proc")).toEqual(["processes", "process_events"]);
    expect(hits("SELECT * FROM users JOIN ")).toEqual(["processes", "process_events", "users"]);
  });

  it("offers columns of the tables that the line names, and of all when it names none", () => {
    expect(hits("select * from users where u")).toEqual(["uid", "users"]);
    expect(hits("select p")).toEqual(["pid", "path", "processes", "process_events"]);
  });

  it("offers keywords in the case in which they were begun", () => {
    expect(hits("select pid from users wh")).toEqual(["where", "when"]);
    expect(hits("SELECT pid FROM users OR")).toEqual(["ORDER BY", "OR"]);
    expect(completions("select cou", tables)).toEqual([["count("], "cou"]);
  });

  it("offers dot-commands and what they take", () => {
    expect(hits(".s")).toEqual([".schema"]);
    expect(hits(".schema us")).toEqual(["users"]);
    expect(hits(".mode c")).toEqual(["csv"]);
    expect(hits(".limit 1")).toEqual([]);
  });
});

describe("a refusal", () => {
  it("is pointed at in the statement", () => {
    expect(pointAt(refused, "SELECT pid\n  FRM users")).toBe("  FRM users\n  ^\n");
    expect(pointAt(refused, "one line")).toBe("");
    expect(pointAt(new Failure(2, "no place", undefined, "query_refused"), "x")).toBe("");
    expect(pointAt(new Failure(2, refused.message, undefined, "forbidden"), "x\ny")).toBe("");
    expect(pointAt(new Error(refused.message), "x\ny")).toBe("");
  });

  it("ends a single query with its place before the sentence", async () => {
    const scene = staged();
    await expect(query.run(scene.context, { arguments: ["bad"], options: {} })).rejects.toBe(refused);
  });
});

describe("history", () => {
  const env = () => ({ XDG_STATE_HOME: folder });

  it("is kept in order, for this user alone", () => {
    expect(loadHistory(env())).toEqual([]);
    saveHistory(["second\nline", "first"], env());
    expect(loadHistory(env())).toEqual(["second line", "first"]);
    expect(statSync(join(folder, "holdfast/query-history")).mode & 0o777).toBe(0o600);
  });

  it("is bounded", () => {
    saveHistory(
      Array.from({ length: 3000 }, (_, index) => `${index}`),
      env(),
    );
    expect(loadHistory(env())).toHaveLength(1000);
    expect(loadHistory(env())[0]).toBe("0");
  });

  it("that cannot be read is none", () => {
    writeFileSync(join(folder, "holdfast"), "");
    expect(loadHistory(env())).toEqual([]);
  });
});

describe("a session", () => {
  /** Types into a session, piece by piece as people do, and gives what came of it. */
  async function converse(text: string | readonly string[]): Promise<Staged & { readonly shown: string }> {
    const scene = staged();
    const [input, output] = [new PassThrough(), new PassThrough()];
    const isTerminal = typeof text !== "string";
    const session = new QuerySession(scene.context, plain);
    const ended = interact(scene.context, session, { input, output, isTerminal });
    for (const piece of isTerminal ? text : [text]) {
      input.write(piece);
      for (let turn = 0; turn < 5; turn++) await nextTurn();
    }
    input.end();
    await ended;
    return { ...scene, shown: String(output.read() ?? "") };
  }
  const statements = ({ calls }: Staged) =>
    calls.filter(({ name }) => name === "query.run").map(({ input }) => (input as { readonly sql: string }).sql);

  it("runs a statement at its semicolon or at an empty line", async () => {
    const done = await converse("select 1;\nselect\n  2 ;\nselect 3\n\n;\n\n");
    expect(statements(done)).toEqual(["select 1", "select\n  2", "select 3"]);
    expect(done.shown).toContain("holdfast> ");
    expect(done.shown).toContain("... ");
  });

  it("forgets at Ctrl-C the line that was not ended, too", async () => {
    const done = await converse(["select na", "\u0003", "select 1;\r", "sel\r", "ect", "\u0003", "select 2;\r"]);
    expect(statements(done)).toEqual(["select 1", "select 2"]);
  });

  it("goes on after a refusal, and ends where it is told to", async () => {
    const done = await converse("bad;\n.mode csv\nselect 1;\n.nothing\n.quit\nselect 2;\n");
    expect(statements(done)).toEqual(["bad", "select 1"]);
    expect(done.err()).toContain("there is no command .nothing");
    expect(done.out()).toBe("name,n\r\nr,1\r\n");
  });

  it("shows tables and their columns, asked for once, and keeps its settings", async () => {
    const done = await converse(
      ".tables\n.schema users\n.schema\n.limit 5\n.help\n.mode nothing\n.limit x y\nselect 1;\n",
    );
    expect(done.calls.filter(({ name }) => name === "table.list")).toHaveLength(1);
    expect(done.out()).toContain("users\n  uid  text\n");
    expect(done.out()).toContain(".mode format");
    expect(done.calls.at(-1)?.input).toEqual({ sql: "select 1", limit: 5 });
    expect(done.err()).toMatch(/\.mode takes table, csv, line[^]*\.limit takes one word/);
  });

  it("completes with Tab, and keeps what was typed for the next time", async () => {
    const done = await converse(["select uid from use", "\t", ";\r", ".quit\r"]);
    expect(statements(done)).toEqual(["select uid from users"]);
    expect(readFileSync(join(folder, "holdfast/query-history"), "utf8")).toBe("select uid from users;\n.quit\n");
  });

  it("gives up what is being typed with Ctrl-C, and ends with Ctrl-D", async () => {
    const done = await converse(["select 1\r", "\u0003", "select 2;\r", "\u0004", "select 3;\r"]);
    expect(statements(done)).toEqual(["select 2"]);
  });

  it("goes on without history where the state folder cannot be written", async () => {
    writeFileSync(join(folder, "holdfast"), "");
    expect(statements(await converse(["select 1;\r", ".quit\r"]))).toEqual(["select 1"]);
  });
});

describe("the command", () => {
  it("takes a statement from a pipe, and is no session without a terminal", async () => {
    const piped = staged({ stdin: "select 1\n" });
    await query.run(piped.context, { arguments: [], options: {} });
    expect(piped.calls.at(-1)?.input).toEqual({ sql: "select 1" });
    await expect(query.run(staged().context, { arguments: [], options: {} })).rejects.toThrow("no statement was given");
  });

  it("hands on its bounds, and says when there is more", async () => {
    const scene = staged({ answer: () => ({ ...result, isTruncated: true }), isTerminal: true });
    await query.run(scene.context, { arguments: ["select", "1"], options: { limit: "4", timeout: "2s" } });
    expect(scene.calls.at(-1)?.input).toEqual({ sql: "select 1", limit: 4, timeoutMs: 2000 });
    expect(scene.err()).toContain("there are more than 4 rows");
    expect(scene.err()).toContain("4 rows, 1.0 ms");
  });

  it("says that values were cut to fit, and how they show whole", async () => {
    const answer = () => ({ ...result, rows: [["x".repeat(200), 1]] });
    const scene = staged({ answer, isTerminal: true, columns: 60 });
    await query.run(scene.context, { arguments: ["select 1"], options: {} });
    expect(scene.err()).toContain("values were cut to fit; --line shows them whole");
    await expect(query.run(staged().context, { arguments: ["select 1"], options: { exact: true } })).rejects.toThrow(
      "--exact goes with --csv",
    );
  });

  it("has no session in JSON", async () => {
    const given = { arguments: [], options: { json: true } } as const;
    const { context } = staged({ isTerminal: true }, given);
    await expect(query.run(context, given)).rejects.toThrow("--json needs a statement");
  });
});

import fc from "fast-check";
import { parse } from "yaml";
import { insertRows, openTables, runStatement } from "../sqlite.fixture.ts";
import type { AdmittedStatement } from "../sql/admit.ts";
import { type EventRow, sigmaReference } from "./reference.fixture.ts";

const database = openTables();

const noise = ["", " ", "x", "/usr/bin/", "/tmp/", "-c", " -o ", "%", "_", "\\", "sh", "root", "\n", "é"];

/** Rows made of the rule's own words, so that a good part of them is nearly, or just, what it looks for. */
export function rowsFor(rule: string): fc.Arbitrary<EventRow> {
  const { detection } = parse(rule) as { detection: unknown };
  const words = wordsIn(detection);
  const all = words.map((word) => word.text).join(" ");
  const word = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...words.map((one) => one.text), "x") },
    { weight: 2, arbitrary: fc.constantFrom(...noise) },
    ...words.filter((one) => one.regex !== undefined).map((one) => ({ weight: 3, arbitrary: matching(one.regex!) })),
  );
  const text = fc.oneof(
    word,
    fc.array(word, { maxLength: 6 }).map((parts) => parts.join("")),
    fc.array(word, { maxLength: 8 }).map((parts) => ` ${parts.join(" ")} `),
    fc
      .tuple(fc.constantFrom("", ...noise), fc.constant(all), fc.constantFrom("", ...noise))
      .map((parts) => parts.join("")),
  );
  const cased = fc
    .tuple(text, fc.integer({ min: 0, max: 9 }))
    .map(([value, change]) => (change === 0 ? value.toUpperCase() : value));
  const ofField = (field: string): fc.Arbitrary<string> => {
    const own = words.filter((one) => one.field === field).map((one) => one.text);
    return fc.oneof(
      cased,
      fc
        .tuple(fc.constantFrom("", "/usr/bin", "/x"), fc.constantFrom(...own, "x"), fc.constantFrom("", "", "", "y"))
        .map((parts) => parts.join("")),
    );
  };
  return fc.record({
    type: fc.constantFrom("exec", "exec", "exec", "found", "fork", "exit"),
    path: ofField("Image"),
    cmdline: cased,
    cwd: ofField("CurrentDirectory"),
    username: ofField("User"),
    parent_path: ofField("ParentImage"),
    parent_cmdline: cased,
    uid: fc.constantFrom(0, 1000),
    pid: fc.constantFrom(-1, 1, 2),
    parent: fc.constantFrom(-1, 1, 2),
  });
}

interface Word {
  readonly field: string;
  readonly text: string;
  readonly regex?: string;
}

/** Values of a detection, without their wildcards. */
function wordsIn(node: unknown, key = ""): readonly Word[] {
  if (Array.isArray(node)) return node.flatMap((item) => wordsIn(item, key));
  if (typeof node === "object" && node !== null) {
    return Object.entries(node).flatMap(([name, value]) => (name === "condition" ? [] : wordsIn(value, name)));
  }
  const [field, ...modifiers] = key.split("|");
  const text = String(node);
  if (modifiers.includes("re")) return [{ field: field!, text: "x", regex: text }];
  return [{ field: field!, text: text.replaceAll(/\\([*?\\])|[*?]/g, (_, plain: string | undefined) => plain ?? "") }];
}

/** Texts in which a regular expression finds something, and some in which it just does not. */
function matching(source: string): fc.Arbitrary<string> {
  const found = fc.stringMatching(new RegExp(source.replaceAll("\\s", " ")));
  return fc.oneof(
    found,
    fc.tuple(found, fc.nat(30)).map(([text, at]) => text.slice(0, at) + text.slice(at + 1)),
  );
}

/** The numbers of the rows that SQLite finds, and of those that the reference finds. */
export function findBoth(
  rule: string,
  statement: AdmittedStatement,
  rows: readonly EventRow[],
): { sql: number[]; reference: number[] } {
  database.exec("DELETE FROM process_events");
  const numbered = rows.map((row, time) => ({ ...row, time }));
  insertRows(database, "process_events", numbered);
  const sql = runStatement(database, statement).map((found) => Number(found["time"]));
  const reference = numbered.filter(sigmaReference(rule)).map((row) => row.time);
  return { sql: sql.toSorted((a, b) => a - b), reference };
}

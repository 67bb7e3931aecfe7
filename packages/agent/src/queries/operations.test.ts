import { admit, ruleTables } from "@holdfast/rules";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openSlice, type SliceBench } from "../slices.fixture.ts";
import { queryOperations } from "./operations.ts";
import type { QueryRequest, RunQuery } from "./run-query.ts";

const answer = { columns: ["pid"], rows: [[1], [2]], isTruncated: false, durationMs: 0.5 };
const asked: QueryRequest[] = [];
let respond: RunQuery = () => Promise.resolve(answer);

let bench: SliceBench;
beforeAll(async () => {
  bench = await openSlice((define) =>
    queryOperations(define, {
      admit: (sql) => admit(sql, { profile: "extended", tables: ruleTables }),
      run: (request) => {
        asked.push(request);
        return respond(request);
      },
    }),
  );
});
beforeEach(() => {
  asked.length = 0;
  respond = () => Promise.resolve(answer);
});
afterAll(() => bench.close());

const query = (sql: string, more: Readonly<Record<string, unknown>> = {}) =>
  bench.call("query.run", { body: { sql, ...more } });

describe("a query", () => {
  it("runs as it was admitted, with bounds, and its text stands in the payload", async () => {
    const sql = "SELECT pid FROM processes WHERE name = 'sshd'";
    expect(await query(sql)).toEqual(answer);
    expect(asked).toMatchObject([{ maxRows: 1000, timeoutMs: 10_000, statement: { parameters: ["sshd"] } }]);
    expect(bench.lastPlan().facts).toEqual({ sql, rows: 2, isTruncated: false });
    await query(sql, { limit: 5, timeoutMs: 100 });
    expect(asked[1]).toMatchObject({ maxRows: 5, timeoutMs: 100 });
  });

  it.each([
    ["DELETE FROM processes", 1, 1],
    ["SELECT pid\nFROM processes;\nDROP TABLE processes", 3, 1],
    ["SELECT pid FROM sqlite_master", 1, 17],
    ["SELECT load_extension('x') FROM processes", 1, 8],
  ])("that is not admitted is refused with its place: %j", async (sql, line, column) => {
    const refusal = await query(sql);
    expect(refusal).toMatchObject({
      code: "query_refused",
      details: { errors: [{ pointer: "/body/sql", position: { line, column } }], facts: { sql } },
    });
    expect((refusal as Error).message).toContain(`at line ${line}, column ${column}`);
    expect(asked).toEqual([]);
  });

  it.each([
    ["timeout", "query_stopped"],
    ["memory", "query_stopped"],
    ["cancelled", "query_stopped"],
    ["refused", "query_refused"],
    ["sql", "query_refused"],
    ["crashed", "overloaded"],
    ["unavailable", "overloaded"],
    ["busy", "overloaded"],
    ["something else", "internal"],
  ])("that the executor ends with %s is answered with %s", async (code, refused) => {
    respond = () => Promise.reject(Object.assign(new Error("why"), { code }));
    expect(await query("SELECT pid FROM processes")).toMatchObject({ code: refused });
    respond = () => Promise.reject(new Error("no code"));
    expect(await query("SELECT pid FROM processes")).toMatchObject({ code: "internal" });
  });

  it("waits for none: a third beside two that run is told to come back", async () => {
    const { promise, resolve } = Promise.withResolvers<typeof answer>();
    respond = () => promise;
    const running = [query("SELECT pid FROM processes"), query("SELECT pid FROM processes")];
    expect(await query("SELECT pid FROM processes")).toMatchObject({ code: "overloaded" });
    resolve(answer);
    expect(await Promise.all(running)).toEqual([answer, answer]);
    expect(await query("SELECT pid FROM processes")).toEqual(answer);
  });
});

it("tables are listed as rules and queries read them", async () => {
  const { items } = (await bench.call("table.list")) as { readonly items: readonly object[] };
  expect(items).toHaveLength(ruleTables.length);
  expect(items[0]).toMatchObject({ name: "process_events", kind: "events" });
  expect(items[0]).not.toHaveProperty("identity");
});

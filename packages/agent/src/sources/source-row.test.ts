import { expect, it } from "vitest";
import { ruleTables } from "@holdfast/rules";
import { sourceRow } from "./source-row.ts";

const reading = { name: "connector", state: "active", detail: "all", events: 7, lost: 1, catchRates: [] } as const;

it("a row of agent_sources has the columns of the table, and says what was not measured", () => {
  const columns =
    ruleTables.find((table) => table.name === "agent_sources")?.columns.map((column) => column.name) ?? [];
  const kept = columns.filter((name) => !["first_seen", "last_seen", "seq"].includes(name));
  expect(Object.keys(sourceRow(reading))).toEqual(kept);
  expect(sourceRow(reading)).toMatchObject({
    name: "connector",
    state: "active",
    events: 7,
    lost: 1,
    caught_1ms: -1,
    caught_1s: -1,
  });
});

it("catch rates are per mille, and only all is all", () => {
  const catchRates = [
    { lifetimeMs: 1, started: 3, caught: 2, complete: 0 },
    { lifetimeMs: 10, started: 5, caught: 5, complete: 5 },
    { lifetimeMs: 100, started: 0, caught: 0, complete: 0 },
  ];
  expect(sourceRow({ ...reading, catchRates })).toMatchObject({
    caught_1ms: 666,
    caught_10ms: 1000,
    caught_100ms: -1,
    caught_1s: -1,
  });
});

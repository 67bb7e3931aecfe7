import { describe, expect, test } from "vitest";
import { Tally } from "./tally.ts";

const nobody = { tenant: "tn_system", actor: "nobody" };
const of = (key: string, source = "192.0.2.1", count = 1) => ({ key, tenant: "tn_one", actor: key, source, count });

describe("a tally of refused calls", () => {
  test("has one row for each key, with the number of its calls, until it is taken", () => {
    const tally = new Tally(nobody);
    for (const key of ["a", "b", "a"]) tally.add(of(key));
    expect(tally.take()).toEqual([of("a", "192.0.2.1", 2), of("b")]);
    expect(tally.take()).toEqual([]);
  });

  test("says that there were many sources rather than naming one of them", () => {
    const tally = new Tally(nobody);
    for (const source of ["192.0.2.1", "192.0.2.2", "192.0.2.1"]) tally.add(of("a", source));
    expect(tally.take()).toEqual([of("a", "many", 3)]);
  });

  test("is bounded, and its sum stays true: what has no row is counted together", () => {
    const tally = new Tally(nobody, 2);
    for (let key = 0; key < 5; key++) tally.add(of(`k${key}`));
    tally.add(of("k0"));
    expect(tally.take()).toEqual([
      of("k0", "192.0.2.1", 2),
      of("k1"),
      { key: "overflow", ...nobody, source: "many", count: 3 },
    ]);
  });

  test("takes back what could not be recorded", () => {
    const tally = new Tally(nobody);
    tally.add(of("a", "192.0.2.1", 40));
    for (const row of tally.take()) tally.add(row);
    tally.add(of("a"));
    expect(tally.take()).toEqual([of("a", "192.0.2.1", 41)]);
  });
});

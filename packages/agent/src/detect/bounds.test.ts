import { ruleTables } from "@holdfast/rules";
import { describe, expect, it } from "vitest";
import { passesOf } from "./bounds.ts";
import { ruleOf } from "./scheduler.fixture.ts";

const kinds = new Map(ruleTables.map(({ name, kind }) => [name, kind]));
const span = { after: 10, upTo: 20 };
const fresh = { after: 10, upTo: 20 };
const old = { after: 0, upTo: 10 };
const known = { after: 0, upTo: 20 };
const whole = { after: 0, upTo: Number.MAX_SAFE_INTEGER };
const passes = (sql: string, over = {}) => passesOf(ruleOf("r", sql, over), kinds, span);

describe("what a rule sees of its tables", () => {
  it("of events, what is new", () => {
    expect(passes("process_events")).toEqual([{ process_events: fresh }]);
    expect(passes("process_events, file_events")).toEqual([{ process_events: fresh, file_events: fresh }]);
    expect(passes("count(*) process_events")).toEqual([{ process_events: fresh }]);
  });

  it("of state beside events, all that is there, what changes in this moment too", () => {
    expect(passes("process_events, users")).toEqual([{ process_events: fresh, users: whole }]);
  });

  it("of state alone, what is new, with everything that it may belong to", () => {
    expect(passes("users")).toEqual([{ users: fresh }]);
    expect(passes("users, mounts, crontab", { tables: ["users", "mounts", "crontab"] })).toEqual([
      { users: fresh, mounts: known, crontab: known },
      { users: old, mounts: fresh, crontab: known },
      { users: old, mounts: old, crontab: fresh },
    ]);
  });

  it("of state that is counted, or looked at every so often, all of it", () => {
    expect(passes("count(*) users")).toEqual([{ users: whole }]);
    expect(passes("users", { schedule: { kind: "every", seconds: 60 } })).toEqual([{ users: whole }]);
    expect(passes("process_events", { schedule: { kind: "every", seconds: 60 } })).toEqual([{ process_events: fresh }]);
  });

  it("in a window, its events whether new or not", () => {
    const windowed = passesOf(ruleOf("r", "process_events, users", { windowSeconds: 60 }), kinds, {
      ...span,
      window: { since: 940, after: 5 },
    });
    expect(windowed).toEqual([{ process_events: { after: 5, upTo: 20, since: 940 }, users: whole }]);
  });

  it("for a difference, everything", () => {
    expect(passes("process_events, users", { isDifferential: true })).toEqual([
      { process_events: whole, users: whole },
    ]);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rule } from "./alerts.fixture.ts";
import { dedupKeyOf, FLOOD_KEY } from "./dedup-key.ts";
import { type Cell, findingOf } from "./finding.ts";
import { storedText } from "./stored-text.ts";

const at = { host: "web-1", foundAt: 1_700_000_000_000, upTo: 99 };
const find = (row: Readonly<Record<string, Cell>>) => findingOf(rule, row, at);

describe("what tells findings apart", () => {
  it("is what the rule names, of the columns that the row has", () => {
    expect(dedupKeyOf(["path", "username", "nonsense"], { path: "/tmp/x", username: "jane", pid: 1 })).toBe(
      "/tmp/x,jane",
    );
  });

  it("is the program and its user, or the file, when the rule names nothing", () => {
    expect(dedupKeyOf([], { path: "/tmp/x", username: "jane", cmdline: "/tmp/x 1", pid: 1 })).toBe("/tmp/x,jane");
    expect(dedupKeyOf([], { path: "/bin/a" })).toBe("/bin/a");
    expect(dedupKeyOf([], { target_path: "/etc/passwd", path: "/etc" })).toBe("/etc/passwd");
  });

  it("is every column that does not change by itself when there is neither", () => {
    expect(dedupKeyOf([], { seq: 9, time: 8, stage: "queue", reason: "queue_full", pid: 7 })).toBe("queue,queue_full");
    expect(dedupKeyOf([], { time: 8 })).toBe("-");
    expect(dedupKeyOf(["gone"], { gone: null })).toBe("-");
  });

  it("is never the same for different values, and never the one that stands for a flood", () => {
    const value = fc.string({ unit: fc.constantFrom("a", ",", "\\", "*", "#", "é") });
    fc.assert(
      fc.property(fc.tuple(value, value), fc.tuple(value, value), ([a, b], [c, d]) => {
        const [left, right] = [dedupKeyOf(["x", "y"], { x: a, y: b }), dedupKeyOf(["x", "y"], { x: c, y: d })];
        expect(left === right).toBe(a === c && b === d);
        expect(left).not.toBe(FLOOD_KEY);
      }),
    );
  });

  it("keeps apart what is too long to be shown", () => {
    const long = "x".repeat(5000);
    const [left, right] = [dedupKeyOf(["path"], { path: `${long}1` }), dedupKeyOf(["path"], { path: `${long}2` })];
    expect(left).toHaveLength(2048);
    expect(left).not.toBe(right);
  });
});

describe("a finding", () => {
  it("says in one line what ran, whose it is and what started it", () => {
    const row = { seq: 7, cmdline: "/tmp/x 30", path: "/tmp/x", username: "jane", parent_name: "bash" };
    expect(find(row)).toMatchObject({ summary: "/tmp/x 30, by jane, started by bash", row: 7, dedupKey: "/tmp/x" });
    expect(find({ target_path: "/etc/shadow" }).summary).toBe("/etc/shadow");
    expect(find({ seq: 3, uid: 0, shell: null }).summary).toBe("uid=0 shell=null");
    expect(find({ added: "1: one", changed: "", by: "uid:0" }).summary).toBe("added=1: one by=uid:0");
    expect(find({ seq: 3 }).summary).toBe("a row was found");
  });

  it("has beside its row what is known of the process, which changes neither its columns nor its key", () => {
    const context = () => ({ cmdline: "/tmp/x 30", path: "/tmp/x", username: "jane", parent_name: "bash" });
    const [bare, told] = [find({ pid: 7 }), findingOf(rule, { pid: 7 }, { ...at, context })];
    expect([told.details, told.dedupKey, told.row]).toEqual([bare.details, bare.dedupKey, bare.row]);
    expect(told.context()).toEqual({
      columns: context(),
      summary: "pid=7: /tmp/x 30, by jane, started by bash",
    });
    expect(bare.context()).toEqual({ columns: {}, summary: bare.summary });
    const named = findingOf(rule, { target_path: "/etc/shadow" }, { ...at, context: () => ({ username: "jane" }) });
    expect(named.context().summary).toBe("/etc/shadow, by jane");
  });

  it("rests on what the rule looked at when its row has no number", () => {
    expect(find({ count: 7 }).row).toBe(99);
    expect(find({ seq: "7" }).row).toBe(99);
    expect(find({ seq: -1 }).row).toBe(99);
  });

  it("is bounded, whatever the row holds", () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`c${index}`, "y".repeat(10_000)]));
    const { details, summary } = find(many);
    expect(JSON.stringify(details).length).toBeLessThan(20_000);
    expect(summary.length).toBeLessThanOrEqual(1024);
    const { rule: bounded } = findingOf({ ...rule, title: "t".repeat(999), attack: ["a".repeat(99)] }, {}, at);
    expect([bounded.title.length, bounded.attack[0]!.length]).toEqual([256, 32]);
    const notes = Array.from({ length: 99 }, () => "n".repeat(2000));
    expect(findingOf({ ...rule, falsePositives: notes }, {}, at).rule.falsePositives.join("")).toHaveLength(8192);
  });

  it("holds no text that a database or JSON would not give back", () => {
    const { details } = find({ cmdline: "a\u0000b\ud800", n: Number.POSITIVE_INFINITY, gone: null, __proto__: "x" });
    expect(details).toEqual({ cmdline: "a\u2400b\ufffd", n: "Infinity", gone: null });
  });

  it("cuts text between characters", () => {
    expect(storedText("ab😀cd", 4)).toBe("ab…");
    expect(storedText("abc", 3)).toBe("abc");
  });
});

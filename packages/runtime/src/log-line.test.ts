import { describe, expect, it } from "vitest";
import { colours, logLine, noColours } from "./log-line.ts";

const base = { level: 30, time: "2026-07-01T09:30:05.123Z", service: "holdfast", msg: "the executor is ready" };

describe("a line of the log for people", () => {
  it("says when, how grave, who, what, and the fields that go with it", () => {
    expect(logLine({ ...base, sandbox: "full", mib: 138 }, "agent", noColours)).toBe(
      "09:30:05Z info  agent  the executor is ready  sandbox=full  mib=138\n",
    );
  });

  it("shows values as one word or in quotes, lists as JSON, and no more of either than fits", () => {
    const line = logLine(
      { ...base, message: 'took "no" connection', rates: [{ ms: 1 }], long: "x".repeat(500) },
      "a",
      noColours,
    );
    expect(line).toContain('message="took \\"no\\" connection"  rates=[{"ms":1}]  long=xxx');
    expect(line).toMatch(/x{119}…\n$/);
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`f${index}`, index]));
    expect(logLine({ ...base, ...many }, "a", noColours)).toMatch(/f5=5 {2}…\n$/);
  });

  it("shows of an error its kind and code; the stack stays in the JSON", () => {
    const err = { type: "StorageFault", code: "disk_full", message: "no room", stack: ["at x"] };
    expect(logLine({ ...base, err }, "a", noColours)).toContain('err="StorageFault (disk_full): no room"\n');
    expect(logLine({ ...base, err: { type: "Error", stack: ["at x"] } }, "a", noColours)).toContain("err=Error\n");
  });

  it("cannot be broken out of by what it quotes", () => {
    const line = logLine({ ...base, msg: "a\nb", path: "/tmp/\u001b[2J\n\u202ex" }, "a", noColours);
    expect(line).toBe("09:30:05Z info  a  a\\u{a}b  path=/tmp/\\u{1b}[2J\\u{a}\\u{202e}x\n");
  });

  it("is coloured where somebody has to act", () => {
    expect(logLine({ ...base, level: 50 }, "a", colours)).toContain("\u001b[31merror\u001b[39m a");
    expect(logLine({ ...base, level: 40 }, "a", colours)).toContain("\u001b[33mwarn \u001b[39m a");
    expect(logLine({ ...base, level: 20 }, "a", colours)).toContain(" debug a");
  });
});

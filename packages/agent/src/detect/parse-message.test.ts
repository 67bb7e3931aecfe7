import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseMessage } from "./parse-message.ts";

const rows = {
  kind: "rows",
  id: 1,
  columns: ["a", "b"],
  rows: [
    [1, null],
    ["x", 2.5],
  ],
  isTruncated: false,
  durationMs: 0.5,
};
const parse = (value: unknown) => parseMessage(JSON.stringify(value));

function kindOf(text: string): string {
  try {
    return parseMessage(text).kind;
  } catch (error) {
    return error instanceof TypeError ? "refused" : "another error";
  }
}

describe("a message of the executor's process", () => {
  it("is read when it is in form", () => {
    const feature = { name: "seccomp", state: "on", detail: "all threads" };
    const failed = { kind: "failed", id: 3, code: "memory", message: "out of memory" };
    expect(parse(rows)).toEqual(rows);
    expect(parse({ kind: "ready", features: [feature] })).toEqual({ kind: "ready", features: [feature] });
    expect(parse(failed)).toEqual(failed);
    expect(parse({ ...failed, more: 1 })).toEqual(failed);
  });

  it.each([
    null,
    [],
    "rows",
    { kind: "other" },
    { ...rows, id: "1" },
    { ...rows, id: 1.5 },
    { ...rows, columns: "ab" },
    { ...rows, columns: [1, 2] },
    { ...rows, rows: [[1]] },
    { ...rows, rows: [[1, { toString: 1 }]] },
    { ...rows, rows: [[1, true]] },
    { ...rows, rows: { length: 1 } },
    { ...rows, durationMs: -1 },
    { ...rows, durationMs: undefined },
    { kind: "failed", id: 1, code: "timeout", message: "" },
    { kind: "failed", id: 1, code: "sql", message: 7 },
    { kind: "ready", features: [{ name: "magic", state: "on", detail: "" }] },
    { kind: "ready", features: [{ name: "seccomp", state: "fine", detail: "" }] },
  ])("is refused when it is not: %j", (value) => {
    expect(() => parse(value)).toThrow(TypeError);
  });

  it.each([
    ["rows", `{"kind":"rows","rows":[${"[],".repeat(200_000)}[]]}`],
    ["depths", "[".repeat(200_000) + "]".repeat(200_000)],
    ["members", `{"kind":"ready"${',"a":1'.repeat(2_000)}}`],
  ])("is refused before it is read when it has more %s than any can: it would fill memory", (_name, text) => {
    expect(() => parseMessage(text)).toThrow("a message has more parts than any can");
  });

  it("may hold whatever signs it likes in its texts", () => {
    const text = String.raw`"[{:\"`.repeat(100_000);
    const holding = { ...rows, columns: ["a"], rows: [[text]] };
    expect(parse(holding)).toEqual(holding);
  });

  it("never brings anything else about, whatever it is", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(["ready", "rows", "failed", "refused"]).toContain(kindOf(text));
      }),
    );
  });
});

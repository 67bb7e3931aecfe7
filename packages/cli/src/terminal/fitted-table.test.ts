import { describe, expect, it } from "vitest";
import { fittedTable } from "./fitted-table.ts";

const rows = [
  ["pid", "cmdline", "path"],
  ["1", "x".repeat(100), "/usr/bin/x"],
];

describe("a table on a terminal", () => {
  it("is whole where it fits, and where it goes to a file or a pipe", () => {
    expect(fittedTable(rows, undefined)).toMatchObject({ isCut: false });
    expect(fittedTable(rows, undefined).text).toContain("x".repeat(100));
    expect(fittedTable(rows, 200).isCut).toBe(false);
  });

  it("narrows what is widest, so that the other columns show whole", () => {
    const { text, isCut } = fittedTable(rows, 40);
    expect(isCut).toBe(true);
    expect(text).toBe(`pid  cmdline                  path\n1    ${"x".repeat(22)}…  /usr/bin/x\n`);
    expect(text.split("\n").every((line) => line.length <= 40)).toBe(true);
  });

  it("is cut at its end when it has more columns than can be read there", () => {
    const wide = [Array.from({ length: 20 }, (_, index) => `column-${index}-${"y".repeat(20)}`)];
    const { text } = fittedTable(wide, 60);
    expect(text.split("\n")[0]).toHaveLength(60);
    expect(text).toMatch(/…\n$/);
  });

  it("measures what shows: a character that is escaped takes the place of its escape", () => {
    const { text } = fittedTable([["a", "\u001b[2J".repeat(30)]], 30);
    expect(text.split("\n")[0]!.length).toBeLessThanOrEqual(30);
    expect(text).not.toContain("\u001b");
  });
});

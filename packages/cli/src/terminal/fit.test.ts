import { describe, expect, it } from "vitest";
import { fitted } from "./fit.ts";

describe("a line on a terminal", () => {
  it("is cut where the terminal ends, and marked", () => {
    expect(fitted("abcdef", 4)).toBe("abc…");
    expect(fitted("abcd", 4)).toBe("abcd");
  });

  it("is never cut in the middle of a character", () => {
    expect(fitted("ab😀cd", 4)).toBe("ab…");
  });

  it("is whole where it goes to a file or a pipe", () => {
    expect(fitted("a".repeat(5000), undefined)).toHaveLength(5000);
  });
});

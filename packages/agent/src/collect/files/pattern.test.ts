import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitsPart, fitsPattern } from "./pattern.ts";

/** The slow and readable way. */
function fitsByExpression(part: string, name: string): boolean {
  const source = part
    .split("")
    .map((character) =>
      character === "*" ? ".*" : character === "?" ? "." : character.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"),
    );
  return new RegExp(`^${source.join("")}$`, "s").test(name);
}

test("a part fits names like the expression that says the same", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b", ".", "*", "?"), maxLength: 8 });
  const names = fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 10 });
  fc.assert(
    fc.property(letters, names, (part, name) => {
      expect(fitsPart(part, name)).toBe(fitsByExpression(part, name));
    }),
    { numRuns: 2_000 },
  );
});

test("a part that an expression would choke on is decided all the same", () => {
  expect(fitsPart("*a".repeat(40), "a".repeat(39))).toBe(false);
  expect(fitsPart(`${"*a".repeat(40)}b`, "a".repeat(5_000))).toBe(false);
});

describe("a pattern", () => {
  test.each([
    ["/etc/passwd", "/etc/passwd", true],
    ["/etc/passwd", "/etc/passwd2", false],
    ["/etc/*", "/etc/passwd", true],
    ["/etc/*", "/etc/a/b", false],
    ["/home/*/.ssh/*", "/home/alice/.ssh/id", true],
    ["/etc/systemd/**", "/etc/systemd/system/a/b", true],
    ["/etc/**/x", "/etc/x", true],
    ["/etc/**/x", "/etc/a/b/x", true],
    ["/etc/**/x", "/etc/a/b/y", false],
    ["/srv", "/srv/deep/file", true],
    ["/srv", "/srv2/file", false],
    ["/etc/cron.d/*", "/etc/cron.d", false],
  ])("%s for %s: %s", (pattern, path, fits) => {
    expect(fitsPattern(pattern, path)).toBe(fits);
  });
});

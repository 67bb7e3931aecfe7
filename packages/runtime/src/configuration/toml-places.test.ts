import fc from "fast-check";
import { parse, stringify } from "smol-toml";
import { describe, expect, it } from "vitest";
import { tomlPlaces } from "./toml-places.ts";

/** Paths of everything in a table. */
function pathsOf(value: unknown, path: readonly (string | number)[] = []): readonly string[] {
  const inner = Array.isArray(value)
    ? value.flatMap((item, index) => pathsOf(item, [...path, index]))
    : typeof value === "object" && value !== null && !(value instanceof Date)
      ? Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]))
      : [];
  return path.length === 0 ? inner : [JSON.stringify(path), ...inner];
}

const scalar = fc.oneof(
  fc.integer(),
  fc.boolean(),
  fc.string({ maxLength: 10 }),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
  fc.date({ min: new Date("1980-01-01"), max: new Date("2100-01-01"), noInvalidDate: true }),
);
const table = fc.letrec<{ table: Record<string, unknown>; value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    scalar,
    fc.array(scalar, { maxLength: 3 }),
    fc.array(tie("table"), { maxLength: 3 }),
    tie("table"),
  ),
  table: fc.dictionary(fc.string({ minLength: 1, maxLength: 6 }), tie("value"), { maxKeys: 4, noNullPrototype: true }),
})).table;

describe("places in a TOML text", () => {
  it("are found for exactly what the library reads, and are those of the keys", () => {
    fc.assert(
      fc.property(table, (value) => {
        const text = stringify(value);
        const places = tomlPlaces(text);
        expect([...places.keys()].toSorted()).toEqual(pathsOf(parse(text)).toSorted());
        for (const [path, offset] of places) {
          const last = (JSON.parse(path) as unknown[]).at(-1);
          if (typeof last !== "string" || !/^[A-Za-z0-9_-]+$/.test(last)) continue;
          expect(text.slice(offset).startsWith(last)).toBe(true);
        }
      }),
    );
  });

  it("are found in every way to write a key and a value", () => {
    const text = [
      "# a = 0",
      "a.b . 'c' = 1 # d = 2",
      'e = """',
      'f = 1 \\""" """"',
      "g = '''",
      "h = 1 '''''",
      "i = [ # comment",
      "  1, 'two', [3, { j = 4 }],",
      "  ]",
      "k = { l.m = 1979-05-27 07:32:00, n = [] }",
      '"o\\u0070" = +inf',
      "[ q . r ]",
      "s = 0x1F",
      "[[ t ]]",
      "u = 1",
      "[[t]]",
      "[[t.v]]",
      "[t.v.w]",
      "x = 1e3",
    ].join("\r\n");
    const places = tomlPlaces(text);
    expect([...places.keys()].toSorted()).toEqual(pathsOf(parse(text)).toSorted());
    const at = (...path: readonly (string | number)[]) => text.slice(places.get(JSON.stringify(path)), undefined);
    expect(at("a", "b", "c")).toMatch(/^'c' = 1/);
    expect(at("i", 2, 1, "j")).toMatch(/^j = 4/);
    expect(at("k", "l", "m")).toMatch(/^m = 1979/);
    expect(at("op")).toMatch(/^"o\\u0070" = \+inf/);
    expect(at("t", 1, "v", 0, "w", "x")).toMatch(/^x = 1e3/);
  });

  it.each(["=", "a", "a =", "'", '"', "[", "{", "[[", "a = '''", 'a = """\\', "a = [[", "a = {", "\u0000"])(
    "end where a text is not valid, without going round: %j",
    (text) => {
      expect(tomlPlaces(text).size).toBeLessThan(3);
    },
  );
});

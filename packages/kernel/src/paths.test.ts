import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodePathOnce, isWithin, parentOf, parsePath } from "./paths.ts";

const reasonOf = (text: string): string => {
  const parsed = parsePath(text);
  return parsed.ok ? "" : parsed.reason;
};

test.each([
  "a",
  "applications/shop/config/db-password",
  "user/André Ångström",
  "a.b/...",
  "日本/東京",
  "-/_/+/@/,/~/$/(x)",
])("%s is a path", (text) => {
  expect(parsePath(text)).toEqual({ ok: true, path: text, segments: text.split("/") });
});

const hidden = "holds a control, invisible or look-alike character";
const structure = "holds one of the characters : * ? # % \\";

describe("a path has one spelling", () => {
  test.each([
    ["", "is empty"],
    ["/", "has an empty segment"],
    ["/a", "has an empty segment"],
    ["a/", "has an empty segment"],
    ["a//b", "has an empty segment"],
    [".", "has a segment . or .."],
    ["a/../b", "has a segment . or .."],
    ["a/./b", "has a segment . or .."],
    ["versions", "has the reserved segment versions"],
    ["a/versions/b", "has the reserved segment versions"],
    [" a", "has a segment that begins or ends with a blank"],
    ["a/b ", "has a segment that begins or ends with a blank"],
    ["a:b", structure],
    ["a/*", structure],
    ["a?b", structure],
    ["a#b", structure],
    ["a%2fb", structure],
    [String.raw`a\b`, structure],
    ["a\0b", hidden],
    ["a\nb", hidden],
    ["a\u007fb", hidden],
    ["a\u0085b", hidden],
    ["a\u2028b", hidden],
    ["a\u200db", hidden],
    ["a\u202eb", hidden],
    ["a\ufeffb", hidden],
    ["a\u00adb", hidden],
    ["a\ufe0fb", hidden],
    ["a\u115fb", hidden],
    ["a\u00a0b", hidden],
    ["a\u3000b", hidden],
    ["a\u2800b", hidden],
    ["a\ue000b", hidden],
    ["a\uffffb", hidden],
    ["a\ud800b", hidden],
    ["a\uff0fb", hidden],
    ["\uff0e\uff0e/a", hidden],
    ["\u2024\u2024/a", hidden],
    ["a\uff1ab", hidden],
    ["a\uff05b", hidden],
    ["e\u0301", "is not in Unicode normalization form C"],
    ["\u212b", "is not in Unicode normalization form C"],
  ])("%j %s", (text, reason) => {
    expect(reasonOf(text)).toBe(reason);
  });
});

test("a path is bounded in bytes and segments", () => {
  expect(reasonOf(Array(32).fill("a").join("/"))).toBe("");
  expect(reasonOf(Array(33).fill("a").join("/"))).toBe("has more than 32 segments");
  expect(reasonOf("a".repeat(128))).toBe("");
  expect(reasonOf("a".repeat(129))).toBe("has a segment longer than 128 bytes");
  expect(reasonOf("é".repeat(64))).toBe("");
  expect(reasonOf("é".repeat(65))).toBe("has a segment longer than 128 bytes");
  expect(reasonOf(Array(4).fill("a".repeat(127)).join("/"))).toBe("");
  expect(reasonOf("a".repeat(513))).toBe("is longer than 512 bytes");
  expect(reasonOf(Array(10).fill("日".repeat(40)).join("/"))).toBe("is longer than 512 bytes");
});

describe("decoding", () => {
  test("happens exactly once", () => {
    expect(decodePathOnce("a%2Fb%20c")).toMatchObject({ ok: true, path: "a/b c" });
    expect(decodePathOnce("a/b")).toMatchObject({ ok: true, path: "a/b" });
    expect(decodePathOnce("%E6%97%A5")).toMatchObject({ ok: true, path: "日" });
    // Once decoded these are %2e%2e and %2f: refused, so that nobody decodes them again.
    expect(decodePathOnce("a/%252e%252e/b")).toEqual({ ok: false, reason: structure });
    expect(decodePathOnce("a%252fb")).toEqual({ ok: false, reason: structure });
  });

  test.each([
    "a/%2e%2e/b",
    "%2e",
    "a%2F%2Fb",
    "a%2F",
    "a%00b",
    "a%0Ab",
    "a%5Cb",
    "%C3%A9".replace("%C3%A9", "e%CC%81"),
  ])("%s hides nothing from the rules", (raw) => {
    expect(decodePathOnce(raw).ok).toBe(false);
  });

  test.each(["%", "%2", "%zz", "%c0%af", "%ed%a0%80", "%ff", "a b", "a\u00e9", "a\n"])(
    "%j is not percent-encoded",
    (raw) => {
      expect(decodePathOnce(raw)).toEqual({ ok: false, reason: "is not percent-encoded UTF-8" });
    },
  );
});

const anyText = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", "b", ".", "/", "%", "2", "e", "é", "e\u0301", " ", "\u200b", "．", "日") }),
  fc.string({ unit: "binary" }),
);

test("what is accepted survives every encoding, and no second decoding changes it", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const parsed = parsePath(text);
      if (!parsed.ok) return;
      expect(parsed.segments.join("/")).toBe(text);
      expect(text.normalize("NFC")).toBe(text);
      expect(decodeURIComponent(text)).toBe(text);
      expect(decodePathOnce(encodeURIComponent(text))).toEqual(parsed);
      const inUrl = new URL(`https://host/${text.split("/").map(encodeURIComponent).join("/")}`).pathname.slice(1);
      expect(decodePathOnce(inUrl)).toEqual(parsed);
      expect(text.normalize("NFKC").split("/")).toHaveLength(parsed.segments.length);
    }),
    { numRuns: 500 },
  );
});

test("of all spellings that decode alike, at most one raw form without escapes is accepted", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const forms = new Set(["NFC", "NFD", "NFKC", "NFKD"].map((form) => text.normalize(form)));
      const canonical = [...forms].filter((form) => parsePath(form).ok).map((form) => form.normalize("NFC"));
      expect(canonical.every((form) => forms.has(form))).toBe(true);
    }),
  );
});

test("the parent of a path is one segment up, of one segment the root", () => {
  expect(parentOf("a/b/c")).toBe("a/b");
  expect(parentOf("a")).toBe("");
  expect(parentOf("")).toBe("");
});

test("a path is within its prefix by whole segments", () => {
  expect(isWithin("", "a/b")).toBe(true);
  expect(isWithin("a", "a")).toBe(true);
  expect(isWithin("a", "a/b")).toBe(true);
  expect(isWithin("a", "ab")).toBe(false);
  expect(isWithin("a/b", "a")).toBe(false);
});

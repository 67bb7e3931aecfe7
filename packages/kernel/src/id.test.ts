import fc from "fast-check";
import { expect, test } from "vitest";
import { codeOf } from "./code-of.fixture.ts";
import { isId, newId, newLogOrigin } from "./id.ts";

const sixteen = fc.uint8Array({ minLength: 16, maxLength: 16 });

test("an id is its prefix and 26 letters, and is recognised", () => {
  fc.assert(
    fc.property(sixteen, (random16) => {
      const id = newId("tn", random16);
      expect(id).toMatch(/^tn_[a-z2-7]{26}$/);
      expect(isId("tn", id)).toBe(true);
      expect(isId("ac", id)).toBe(false);
    }),
  );
});

test("different bytes give different ids", () => {
  fc.assert(fc.property(sixteen, sixteen, (a, b) => (newId("nd", a) === newId("nd", b)) === (String(a) === String(b))));
});

test("the letters are those of RFC 4648 base 32", () => {
  // RFC 4648 §10: "foobar" is MZXW6YTBOI
  const bytes = new Uint8Array(16);
  bytes.set(new TextEncoder().encode("foobar"));
  expect(newId("tk", bytes)).toBe("tk_mzxw6ytboiaaaaaaaaaaaaaaaa");
});

test("no second spelling is an id", () => {
  const id = newId("tk", new Uint8Array(16).fill(255));
  expect(id).toBe("tk_77777777777777777777777774");
  for (const text of [
    id.toUpperCase(),
    `${id} `,
    `${id}\n`,
    id.slice(0, -1),
    `${id.slice(0, -1)}5`,
    `${id}a`,
    "log_",
  ]) {
    expect(isId("tk", text)).toBe(false);
  }
});

test("fewer or more than 16 bytes are refused", () => {
  for (const length of [0, 15, 17]) {
    expect(codeOf(() => newId("tn", new Uint8Array(length)))).toBe("id_invalid");
  }
});

test("the origin of a log holds a random name", () => {
  expect(newLogOrigin(new Uint8Array(16))).toBe("holdfast/log/aaaaaaaaaaaaaaaaaaaaaaaaaa");
});

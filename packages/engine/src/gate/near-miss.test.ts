import fc from "fast-check";
import { expect, test } from "vitest";
import { nearMiss } from "./near-miss.ts";

const known = ["readOnly", "ttlSeconds", "cas"];

test.each([
  ["readonly", "readOnly"],
  ["readOny", "readOnly"],
  ["redaOnly", undefined],
  ["readOnlyy", "readOnly"],
  ["tlSeconds", "ttlSeconds"],
  ["CAS", "cas"],
  ["cats", "cas"],
  ["value", undefined],
  ["", undefined],
])("%s was meant as %s", (name, meant) => {
  expect(nearMiss(name, known)).toBe(meant);
});

test("one edit away is near, as a slow search over all edits says", () => {
  const letters = ["a", "b"];
  const word = fc.array(fc.constantFrom(...letters), { maxLength: 6 }).map((each) => each.join(""));
  const edits = (text: string): string[] =>
    Array.from({ length: text.length + 1 }, (_, at) => [text.slice(0, at), text.slice(at)] as const).flatMap(
      ([head, tail]) => [
        head + tail,
        head + tail.slice(1),
        ...letters.flatMap((letter) => [head + letter + tail, head + letter + tail.slice(1)]),
      ],
    );
  fc.assert(
    fc.property(word, word, (name, candidate) => {
      expect(nearMiss(name, [candidate]) !== undefined).toBe(edits(name).includes(candidate));
    }),
  );
});

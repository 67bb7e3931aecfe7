import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codeOf } from "./code-of.fixture.ts";
import { openCheckpoint, parseCheckpoint, printCheckpoint, signCheckpoint } from "./checkpoint.ts";
import { origin } from "./ledger.fixture.ts";
import { signNote, verifierKeyOf } from "./note.ts";
import { otherSigner, primitives, signer } from "./primitives.fixture.ts";

const { sha256, verify } = primitives;
const root = new Uint8Array(32).fill(5);
const key = verifierKeyOf(sha256, origin, signer.publicKey);
const root64 = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

test("the example of C2SP tlog-checkpoint comes back as it went in", () => {
  const text = `example.com/behind-the-sofa\n20852163\n${root64}\n`;
  const checkpoint = parseCheckpoint(text);
  expect(checkpoint).toMatchObject({ origin: "example.com/behind-the-sofa", size: 20_852_163 });
  expect(printCheckpoint(checkpoint)).toBe(text);
});

test("any checkpoint comes back as it went in", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.uint8Array({ minLength: 32, maxLength: 32 }), (size, root) => {
      expect(parseCheckpoint(printCheckpoint({ origin, size, root }))).toEqual({ origin, size, root });
    }),
  );
});

test("extension lines are left out", () => {
  expect(parseCheckpoint(`a\n0\n${root64}\nopaque\nmore\n`)).toMatchObject({ origin: "a", size: 0 });
});

describe("a text is refused with", () => {
  test.each([
    ["no origin", `\n1\n${root64}\n`],
    ["a leading zero", `a\n01\n${root64}\n`],
    ["a sign", `a\n+1\n${root64}\n`],
    ["a size above 2^53", `a\n9007199254740993\n${root64}\n`],
    ["a short root", "a\n1\nAAAA\n"],
    ["no root", "a\n1\n"],
    ["no final newline", `a\n1\n${root64}`],
    ["an empty extension line", `a\n1\n${root64}\n\n`],
  ])("%s", (_, text) => {
    expect(codeOf(() => parseCheckpoint(text))).toBe("checkpoint_invalid");
  });

  test("a root that is no base 64", () => {
    expect(codeOf(() => parseCheckpoint(`a\n1\n${root64.replace("=", "")}\n`))).toBe("encoding_invalid");
  });
});

test("what cannot be written is refused", () => {
  const good = { origin, size: 1, root };
  for (const change of [
    { origin: "" },
    { origin: "a\nb" },
    { size: -1 },
    { size: 2 ** 53 },
    { root: root.subarray(1) },
  ]) {
    expect(codeOf(() => printCheckpoint({ ...good, ...change }))).toBe("checkpoint_invalid");
  }
});

test("a signed checkpoint opens with the log's key", () => {
  const note = signCheckpoint(sha256, { origin, size: 7, root }, signer);
  expect(openCheckpoint(note, key, verify)).toEqual({ origin, size: 7, root });
  const otherKey = verifierKeyOf(sha256, origin, otherSigner.publicKey);
  expect(codeOf(() => openCheckpoint(note, otherKey, verify))).toBe("note_invalid");
});

test("a checkpoint of another origin is refused, although the key's name is right", () => {
  const text = printCheckpoint({ origin: "example.com/other", size: 7, root });
  const note = signNote(sha256, text, origin, signer);
  expect(codeOf(() => openCheckpoint(note, key, verify))).toBe("checkpoint_invalid");
});

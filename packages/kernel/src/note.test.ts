import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toBase64, toHex } from "./bytes.ts";
import { codeOf } from "./code-of.fixture.ts";
import { KernelError } from "./errors.ts";
import {
  noteSignature,
  openNote,
  parseNote,
  parseVerifierKey,
  printNote,
  printVerifierKey,
  signNote,
  verifierKeyOf,
} from "./note.ts";
import { otherSigner, primitives, signer } from "./primitives.fixture.ts";

const { sha256, verify } = primitives;
const name = "example.com/log";
const key = verifierKeyOf(sha256, name, signer.publicKey);
const other = verifierKeyOf(sha256, "witness.example", otherSigner.publicKey);
const text = "first line\n\nthird line\n";
const note = signNote(sha256, text, name, signer);

test("the example of C2SP signed-note verifies", () => {
  const published = parseVerifierKey(sha256, "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
  const signed = `This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`;
  expect(openNote(signed, [published], verify)).toEqual({
    text: "This is an example message.\n",
    signedBy: [published],
  });
  expect(codeOf(() => openNote(signed.replace("an example", "no example"), [published], verify))).toBe("note_invalid");
});

describe("a verifier key", () => {
  test("comes back as it went in", () => {
    expect(parseVerifierKey(sha256, printVerifierKey(key))).toEqual({
      ...key,
      publicKey: Uint8Array.from(key.publicKey),
    });
  });

  test("has an id that follows from its name and key", () => {
    const renamed = printVerifierKey(key).replace("example.com", "example.org");
    expect(codeOf(() => parseVerifierKey(sha256, renamed))).toBe("note_invalid");
  });

  test("is of type Ed25519, with 32 bytes and a name without blanks", () => {
    const typed = (type: number): string => `a+00000000+${toBase64(Uint8Array.of(type, ...signer.publicKey))}`;
    const texts = [
      "",
      "a",
      "a+b",
      typed(2),
      "a+00000000+AQ==",
      `a b${printVerifierKey(key)}`,
      `${printVerifierKey(key)}\n`,
    ];
    for (const wrong of texts) expect(codeOf(() => parseVerifierKey(sha256, wrong))).toBe("note_invalid");
    for (const wrong of ["", "a b", "a+b", "a\u2003b", "a\u0001"]) {
      expect(codeOf(() => verifierKeyOf(sha256, wrong, signer.publicKey))).toBe("note_invalid");
    }
  });
});

describe("a note", () => {
  test("gives back text and signatures; the last empty line parts them", () => {
    const parsed = parseNote(note);
    expect(parsed.text).toBe(text);
    expect(parsed.signatures).toMatchObject([{ name, keyId: key.keyId }]);
    expect(printNote(parsed)).toBe(note);
  });

  test("of any text comes back as it went in", () => {
    const line = fc.string({ unit: "grapheme" });
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const any = `${lines.join("\n")}\n`;
        expect(openNote(signNote(sha256, any, name, signer), [key], verify).text).toBe(any);
      }),
      { numRuns: 50 },
    );
  });

  test("holds several signatures, and unknown ones are ignored", () => {
    const signatures = [
      noteSignature(sha256, text, name, signer),
      noteSignature(sha256, text, other.name, otherSigner),
    ];
    const both = printNote({ text, signatures });
    expect(openNote(both, [key, other], verify).signedBy).toEqual([key, other]);
    expect(openNote(both, [other], verify).signedBy).toEqual([other]);
    const twice = printNote({ text, signatures: [signatures[0]!, signatures[0]!] });
    expect(openNote(twice, [key], verify).signedBy).toEqual([key]);
  });

  test("is refused when no known key signed it: name and id have to match", () => {
    expect(codeOf(() => openNote(note, [], verify))).toBe("note_invalid");
    expect(codeOf(() => openNote(note, [other], verify))).toBe("note_invalid");
    expect(codeOf(() => openNote(note, [{ ...key, keyId: 1 }], verify))).toBe("note_invalid");
    expect(codeOf(() => openNote(note, [{ ...key, name: "a" }], verify))).toBe("note_invalid");
  });

  test("is refused as a whole when a known key's signature does not verify, even beside a good one", () => {
    const good = noteSignature(sha256, text, other.name, otherSigner);
    const bad = noteSignature(sha256, "another text\n", name, signer);
    const mixed = printNote({ text, signatures: [good, bad] });
    expect(codeOf(() => openNote(mixed, [key, other], verify))).toBe("note_invalid");
    expect(openNote(mixed, [other], verify).text).toBe(text);
  });

  test("has at most 100 signatures, a million characters and no control characters", () => {
    const signature = noteSignature(sha256, text, name, signer);
    const of = (count: number): string =>
      printNote({ text, signatures: Array.from({ length: count }, () => signature) });
    expect(parseNote(of(100)).signatures).toHaveLength(100);
    expect(codeOf(() => parseNote(of(101)))).toBe("note_invalid");
    expect(codeOf(() => parseNote(`${"a".repeat(1_000_000)}${note}`))).toBe("note_invalid");
    expect(codeOf(() => printNote({ text: "no newline", signatures: [] }))).toBe("note_invalid");
    expect(codeOf(() => printNote({ text: "a\tb\n", signatures: [] }))).toBe("note_invalid");
  });

  const line = note.slice(text.length + 1);
  test.each([
    ["nothing", ""],
    ["no signature", text],
    ["an empty signature", `${text}\n`],
    ["no final newline", note.slice(0, -1)],
    ["a carriage return", note.replace("\n", "\r\n")],
    ["a tab", note.replace("first", "\tfirst")],
    ["a lone surrogate", note.replace("first", "\ud800")],
    ["a hyphen for the dash", note.replace("—", "-")],
    ["a blank more", note.replace("— ", "—  ")],
    ["a name with a plus", note.replace(`— ${name}`, `— ${name}+a`)],
    ["no name", `a\n\n— ${line.split(" ")[2]!}`],
    ["a signature of four bytes", `a\n\n— ${name} AAAAAA==\n`],
    ["text after the signatures", `${note}more\n`],
  ])("with %s is refused", (_, wrong) => {
    expect(codeOf(() => parseNote(wrong))).toBe("note_invalid");
  });

  test("with a signature that is no base 64 is refused", () => {
    expect(codeOf(() => parseNote(`a\n\n— ${name} AAA\n`))).toBe("encoding_invalid");
  });

  test("of whatever characters is parsed or refused, and prints as it was", () => {
    const piece = fc.constantFrom("a", "\n", "\n\n", "— ", " ", "+", name, "AAAAAAAA", "=", "é", "\u0000", line);
    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => pieces.join("")),
        (any) => {
          expect(printedOrRefused(any)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});

function printedOrRefused(any: string): boolean {
  try {
    return printNote(parseNote(any)) === any;
  } catch (error) {
    return error instanceof KernelError;
  }
}

test("the id of a key is the start of a hash", () => {
  const hash = sha256(Uint8Array.of(...new TextEncoder().encode(`${name}\n`), 1, ...signer.publicKey));
  expect(printVerifierKey(key).split("+")[1]).toBe(toHex(hash.subarray(0, 4)));
});

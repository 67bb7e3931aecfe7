import * as crypto from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hmacSha512_256, sha256, suites } from "@holdfast/engine/crypto";
import { fromHex, fromUtf8, toHex, utf8 } from "@holdfast/kernel/bytes";
import { open } from "@holdfast/kernel/sealed-value";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { testCost } from "./sealer.fixture.ts";
import {
  looksSealed,
  MAX_SEALED_FILE_BYTES,
  newHeader,
  openSealedFile,
  parseSealedFile,
  type SealBinding,
  sealBindings,
  sealCost,
  sealedFileKey,
  sealedFileVersion,
  sealFile,
} from "./sealed-file.ts";

const input = utf8("correct horse battery");
const secret = "0f".repeat(32);
const header = newHeader("passphrase", testCost);
const key = sealedFileKey(header, input);
const text = sealFile(header, key, "root-key", secret);

/** What a reader who has the passphrase makes of a text. */
function opened(of: string, name = "root-key"): string | undefined {
  const file = parseSealedFile(of);
  return file === undefined ? undefined : openSealedFile(file, sealedFileKey(file, input), name);
}

describe("docs/formats/sealed-file.md", () => {
  type Example = Record<"name" | "secret" | "input" | "salt" | "sealedSalt" | "key" | "file", string> & {
    readonly binding: SealBinding;
  };
  const page = readFileSync(join(import.meta.dirname, "../../../../docs/formats/sealed-file.md"), "utf8");
  const [, json] = /^```json\n([^]*?)\n```$/m.exec(page)!;
  const of = JSON.parse(json!) as Example;

  it("has an example that is what is written", () => {
    const exact = { binding: of.binding, cost: sealCost, salt: fromHex(of.salt) };
    expect(toHex(sealedFileKey(exact, utf8(of.input)))).toBe(of.key);
    expect(sealFile(exact, fromHex(of.key), of.name, of.secret, () => fromHex(of.sealedSalt))).toBe(of.file);
    expect(openSealedFile(parseSealedFile(of.file)!, fromHex(of.key), of.name)).toBe(of.secret);
  });

  const hasArgon2 = "argon2Sync" in crypto;
  it.skipIf(!hasArgon2)("says how to open it without this program (needs the Argon2 of Node 24.7)", () => {
    const [first = "", second = "", third = "", fourth = "", fifth = ""] = of.file.split("\n");
    const stretched = crypto.argon2Sync("argon2id", {
      message: of.input,
      nonce: fromHex(of.salt),
      parallelism: 1,
      tagLength: 32,
      memory: 19_456,
      passes: 3,
    });
    const derived = crypto
      .createHmac("sha512", stretched)
      .update(`holdfast/sealed-file/1\0${[first, second, third, fourth].join("\n")}\n`)
      .digest("hex")
      .slice(0, 64);
    expect(derived).toBe(of.key);
    const context = { purpose: "credential", tenant: "", path: of.name, version: 1, kind: "secret" };
    const sealed = fromHex(fifth.slice("sealed: ".length));
    const value = open(
      { hmacSha512_256, sha256, suites },
      fromHex(derived),
      { ...context, contentType: "text/plain" },
      sealed,
    );
    expect(value.ok && fromUtf8(value.value)).toBe(of.secret);
    expect(toHex(sealed.subarray(5, 21))).toBe(of.salt);
  });
});

describe("a sealed file", () => {
  it("gives back what was sealed, whatever that is, under every binding", () => {
    const any = fc.record({
      binding: fc.constantFrom(...sealBindings),
      name: fc.string({ maxLength: 60, unit: "grapheme" }),
      value: fc.string({ maxLength: 400, unit: "grapheme" }),
    });
    fc.assert(
      fc.property(any, ({ binding, name, value }) => {
        const of = newHeader(binding, testCost);
        const derived = sealedFileKey(of, input);
        const file = sealFile(of, derived, name, value);
        expect(parseSealedFile(file)).toMatchObject({ binding, cost: testCost });
        expect(openSealedFile(parseSealedFile(file)!, derived, name)).toBe(value);
      }),
    );
  });

  it("holds the secret in no spelling", () => {
    expect(text).not.toContain(secret);
    expect(text).not.toContain(Buffer.from(secret).toString("hex"));
    expect(text.split("\n")).toHaveLength(6);
  });

  it("is refused with any byte changed, and is never taken for a plain secret then", () => {
    const bytes = Buffer.from(text);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const spoilt = Buffer.from(bytes);
        spoilt[at]! ^= change;
        const read = spoilt.toString("utf8");
        expect(opened(read)).toBe(undefined);
        expect(looksSealed(read)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  it("is refused with each bit changed", () => {
    const bytes = Buffer.from(text);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const spoilt = Buffer.from(bytes);
      spoilt[bit >> 3]! ^= 1 << (bit & 7);
      if (opened(spoilt.toString("utf8")) !== undefined) throw new Error(`opens with bit ${bit} changed`);
    }
  });

  it("is refused cut off anywhere, or made longer, and is no plain secret then", () => {
    for (let length = 1; length < text.length; length++) {
      const cut = text.slice(0, length);
      if (opened(cut) !== undefined || !looksSealed(cut)) throw new Error(`is taken at a length of ${length}`);
    }
    for (const more of ["\n", " ", "0", "00", "sealed: 00\n"]) expect(opened(text + more)).toBe(undefined);
    expect(opened(`\n${text}`)).toBe(undefined);
    expect(opened(text.replaceAll("\n", "\r\n"))).toBe(undefined);
  });

  it("opens neither under another name, nor with another input, nor with a header of another file", () => {
    expect(opened(text)).toBe(secret);
    expect(opened(text, "on-call")).toBe(undefined);
    expect(openSealedFile(parseSealedFile(text)!, sealedFileKey(header, utf8("wrong horse")), "root-key")).toBe(
      undefined,
    );
    const other = sealFile(newHeader("passphrase", testCost), key, "root-key", secret).split("\n");
    expect(opened([...other.slice(0, 4), text.split("\n")[4], ""].join("\n"))).toBe(undefined);
    expect(opened(text.replace("passphrase", "machine-id"))).toBe(undefined);
  });

  it("costs a reader no more than it is willing to spend, whatever it asks for", () => {
    const asking = (m: string, t: string) => text.replace("m=8 t=1 p=1", `m=${m} t=${t} p=1`);
    expect(parseSealedFile(asking("32768", "16"))).toBeDefined();
    for (const [m, t] of [
      ["32769", "1"],
      ["99999", "1"],
      ["4194304", "1"],
      ["8", "17"],
      ["8", "999"],
      ["7", "1"],
      ["0", "1"],
      ["8", "0"],
      ["08", "1"],
      ["8e3", "1"],
      ["-8", "1"],
    ] as const) {
      expect([m, t, parseSealedFile(asking(m, t))]).toEqual([m, t, undefined]);
    }
    expect(parseSealedFile(`${text.slice(0, -1)}${"00".repeat(MAX_SEALED_FILE_BYTES / 2)}\n`)).toBe(undefined);
  });

  it("is nothing but this, whatever the text is", () => {
    const line = fc.constantFrom("holdfast-sealed-file/1\n", "bound-to: passphrase\n", "kdf: argon2id m=8 t=1 p=1\n");
    fc.assert(
      fc.property(fc.array(fc.oneof(line, fc.string()), { maxLength: 8 }), (parts) => {
        expect(opened(parts.join(""))).toBe(undefined);
      }),
    );
  });

  it("says its version, so that a newer one is not taken for damage", () => {
    expect(sealedFileVersion(text)).toBe(1);
    expect(sealedFileVersion(text.replace("file/1", "file/2"))).toBe(2);
    for (const none of [
      "",
      "holdfast-sealed-file/",
      "holdfast-sealed-file/0\n",
      "holdfast-sealed-file/x\n",
      "hunter2",
    ]) {
      expect(sealedFileVersion(none)).toBe(undefined);
    }
  });

  it("is told from every secret that a person would write", () => {
    for (const plain of [secret, "hunter2", "https://hooks.example.org/x", "whsec_C2FVsBQIhrscChlQIMV", "a b: c\nd"]) {
      expect([plain, looksSealed(plain)]).toEqual([plain, false]);
    }
  });
});

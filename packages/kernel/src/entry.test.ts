import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concat, fromUtf8, toHex, utf8 } from "./bytes.ts";
import { canonicalJson } from "./canonical-json.ts";
import { codeOf } from "./code-of.fixture.ts";
import { type EntryFields, encodeEntry, entryHash, genesis, MAX_ENTRY_BYTES, outcomes, parseEntry } from "./entry.ts";
import { newId } from "./id.ts";
import { origin, sampleEntry, sampleLedger } from "./ledger.fixture.ts";
import { primitives } from "./primitives.fixture.ts";

const { blake3 } = primitives;

const id = (prefix: "tn" | "ac" | "nd" | "tk") =>
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => newId(prefix, bytes));
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex);
const time = fc
  .date({ min: new Date("0000-01-01T00:00:00.000Z"), max: new Date("9999-12-31T23:59:59.999Z"), noInvalidDate: true })
  .map((date) => date.toISOString());
const kind = fc.constantFrom("secret", "config", "token", "rate-limit", "gate");
const resource = fc.oneof(
  kind,
  fc.tuple(kind, id("nd")).map(([name, node]) => `${name}:${node}`),
  fc.tuple(kind, id("nd"), fc.integer({ min: 1 })).map(([name, node, version]) => `${name}:${node}@${version}`),
);
const entries: fc.Arbitrary<EntryFields> = fc.record({
  v: fc.constant(1 as const),
  seq: fc.maxSafeNat(),
  time,
  tenant: id("tn"),
  actor: id("ac"),
  action: fc.constantFrom("secret.read", "secret.read-version", "token.revoke-self", "system.init"),
  resource,
  outcome: fc.constantFrom(...outcomes),
  reason: fc.constantFrom("", "forbidden", "not_found"),
  commitment: hash,
  prev: hash,
});

test("an entry's bytes are its RFC 8785 canonical JSON", () => {
  fc.assert(
    fc.property(entries, (fields) => {
      expect(fromUtf8(encodeEntry(fields))).toBe(canonicalJson(fields));
    }),
  );
});

test("an entry's bytes give back its fields", () => {
  fc.assert(
    fc.property(entries, (fields) => {
      expect(parseEntry(encodeEntry(fields))).toEqual(fields);
    }),
  );
});

describe("a field outside its grammar is refused by name", () => {
  const cases: [string, Record<string, unknown>][] = [
    ["tenant", { tenant: "shop" }],
    ["tenant", { tenant: sampleEntry.actor }],
    ["actor", { actor: "alice" }],
    ["actor", { actor: `${sampleEntry.actor.slice(0, -1)}b` }],
    ["action", { action: "Secret.read" }],
    ["action", { action: "a".repeat(65) }],
    ["resource", { resource: "secret:applications/shop" }],
    ["resource", { resource: "secret@0" }],
    ["resource", { resource: "" }],
    ["outcome", { outcome: "maybe" }],
    ["reason", { reason: "Because" }],
    ["reason", { reason: "a".repeat(65) }],
    ["commitment", { commitment: "5A".repeat(32) }],
    ["prev", { prev: "00" }],
    ["seq", { seq: -1 }],
    ["seq", { seq: 1.5 }],
    ["seq", { seq: 1e21 }],
    ["seq", { seq: 2 ** 53 }],
    ["v", { v: 2 }],
    ["time", { time: "2026-03-01T03:12:00Z" }],
    ["time", { time: "2026-03-01T03:12:00.000+00:00" }],
    ["time", { time: "2026-03-01T24:00:00.000Z" }],
    ["time", { time: "2026-03-01T23:59:60.000Z" }],
    ["time", { time: "2026-13-01T00:00:00.000Z" }],
    ["time", { time: "2026-04-31T00:00:00.000Z" }],
    ["time", { time: "2026-02-30T00:00:00.000Z" }],
    ["time", { time: "2026-02-29T00:00:00.000Z" }],
    ["time", { time: "2100-02-29T00:00:00.000Z" }],
    ["time", { time: "+12026-03-01T00:00:00.000Z" }],
  ];
  test.each(cases)("%s in %j", (name, change) => {
    const fields = { ...sampleEntry, ...change } as EntryFields;
    expect(codeOf(() => encodeEntry(fields))).toBe("entry_invalid");
    expect(() => encodeEntry(fields)).toThrow(new RegExp(`\\b${name}\\b`));
    expect(codeOf(() => parseEntry(utf8(canonicalJson(fields))))).toBe("entry_invalid");
  });

  test("and leap days are days", () => {
    for (const day of ["2024-02-29", "2000-02-29"]) {
      const fields = { ...sampleEntry, time: `${day}T00:00:00.000Z` };
      expect(parseEntry(encodeEntry(fields))).toEqual(fields);
    }
  });
});

test("no value can smuggle in a member", () => {
  const tricks = ['ok","outcome":"denied', 'ok"', 'ok\\"', "ok\\u0022"];
  const names = Object.keys(sampleEntry) as (keyof EntryFields)[];
  for (const name of names) {
    for (const trick of tricks) {
      const fields = { ...sampleEntry, [name]: trick } as EntryFields;
      expect(codeOf(() => encodeEntry(fields))).toBe("entry_invalid");
    }
  }
});

describe("bytes that are not exactly an entry are refused", () => {
  const text = fromUtf8(encodeEntry(sampleEntry));
  test.each([
    ["a blank more", `${text} `],
    ["a newline more", `${text}\n`],
    ["a blank inside", text.replace(",", ", ")],
    ["another order", `{"v":1,${text.slice(1, -7)}}`],
    ["a member more", text.replace("}", ',"x":1}')],
    ["a member less", text.replace(/"reason":"",/, "")],
    ["an escape", text.replace("secret.read", String.raw`\u0073ecret.read`)],
    ["a number spelled otherwise", text.replace('"seq":0', '"seq":0.0')],
    ["a leading zero", text.replace('"seq":0', '"seq":00')],
    ["a byte order mark", `\ufeff${text}`],
    ["nothing", ""],
  ])("%s", (_, changed) => {
    expect(codeOf(() => parseEntry(utf8(changed)))).toBe("entry_invalid");
  });

  test("more than 65,535 bytes", () => {
    expect(codeOf(() => parseEntry(new Uint8Array(MAX_ENTRY_BYTES + 1)))).toBe("entry_invalid");
  });

  test("no UTF-8", () => {
    expect(codeOf(() => parseEntry(Uint8Array.of(0xff)))).toBe("encoding_invalid");
  });

  test("any one byte changed: another entry or none, never the same", () => {
    const bytes = encodeEntry(sampleEntry);
    fc.assert(
      fc.property(fc.nat(bytes.byteLength - 1), fc.nat(255), (at, byte) => {
        const changed = bytes.slice();
        changed[at] = byte;
        const isRefused = codeOf(() => parseEntry(changed)) !== undefined;
        expect(isRefused || toHex(encodeEntry(parseEntry(changed))) === toHex(changed)).toBe(true);
      }),
    );
  });
});

test("the chain begins with the log's origin and goes from entry to entry", () => {
  expect(toHex(genesis(blake3, origin))).toBe(toHex(blake3(concat(utf8("holdfast/ledger/1\0"), utf8(origin)))));
  const [first, second] = sampleLedger(2).map((bytes) => [bytes, parseEntry(bytes)] as const);
  expect(first![1].prev).toBe(toHex(genesis(blake3, origin)));
  expect(second![1].prev).toBe(toHex(entryHash(blake3, first![0])));
  expect(toHex(entryHash(blake3, first![0]))).toBe(toHex(blake3(first![0])));
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toHex } from "./bytes.ts";
import { codeOf } from "./code-of.fixture.ts";
import { encodeEntry, entryHash, genesis, parseEntry } from "./entry.ts";
import { Frontier } from "./frontier.ts";
import { origin, sampleLedger } from "./ledger.fixture.ts";
import { leafHash } from "./merkle.ts";
import { primitives } from "./primitives.fixture.ts";
import { type Anchor, anchorOfHead, type BadEntry, LedgerVerifier, type Verified } from "./verifier.ts";

const { blake3, sha256 } = primitives;
const SIZE = 20;
const ledger = sampleLedger(SIZE);

function anchorAt(size: number): Anchor & { readonly chain: Uint8Array } {
  const frontier = frontierAt(size);
  return { size, root: frontier.root(), chain: chainAt(size) };
}

function frontierAt(size: number): Frontier {
  const frontier = new Frontier(sha256);
  for (const entry of ledger.slice(0, size)) frontier.append(leafHash(sha256, entry));
  return frontier;
}

function chainAt(size: number): Uint8Array {
  return size === 0 ? genesis(blake3, origin) : entryHash(blake3, ledger[size - 1]!);
}

function verdict(entries: readonly Uint8Array[], anchors: readonly Anchor[] = []): Verified | BadEntry {
  const verifier = new LedgerVerifier(primitives, origin, anchors);
  for (const entry of entries) verifier.push(entry);
  return verifier.finish();
}

test("a ledger as it was written verifies, against any anchors of it", () => {
  const { root, chain } = anchorAt(SIZE);
  const whole = { ok: true, size: SIZE, root, chain };
  expect(verdict(ledger)).toEqual(whole);
  fc.assert(
    fc.property(fc.array(fc.nat(SIZE)), (sizes) => {
      expect(verdict(ledger, sizes.map(anchorAt))).toEqual(whole);
    }),
    { numRuns: 20 },
  );
  expect(verdict([], [anchorAt(0)])).toEqual({ ok: true, ...anchorAt(0) });
});

test("a head is an anchor", () => {
  const { size, root, chain } = anchorAt(SIZE);
  const head = { origin, size, root: toHex(root), chain: toHex(chain), epoch: 0 };
  expect(verdict(ledger, [anchorOfHead(head)]).ok).toBe(true);
});

const bad = (seq: number, reason: BadEntry["reason"]): BadEntry => ({ ok: false, seq, reason });

/** The sample ledger with one entry written otherwise and everything after it chained on anew. */
function rewritten(at: number, change: object): Uint8Array[] {
  const entries = ledger.slice(0, at);
  for (let seq = at; seq < SIZE; seq++) {
    const fields = { ...parseEntry(ledger[seq]!), prev: toHex(chainAfter(entries)) };
    entries.push(encodeEntry(seq === at ? { ...fields, ...change } : fields));
  }
  return entries;
}

const chainAfter = (entries: readonly Uint8Array[]): Uint8Array =>
  entries.length === 0 ? genesis(blake3, origin) : entryHash(blake3, entries.at(-1)!);

describe("the first bad entry is named", () => {
  test("when it is not canonical", () => {
    const changed = ledger.with(5, Uint8Array.of(...ledger[5]!, 0x20));
    expect(verdict(changed)).toEqual(bad(5, "not_canonical"));
    expect(verdict(ledger.with(0, Uint8Array.of(0xff)))).toEqual(bad(0, "not_canonical"));
  });

  test("when one was changed: the next no longer follows it", () => {
    const changed = ledger.with(5, encodeEntry({ ...parseEntry(ledger[5]!), outcome: "denied" }));
    expect(verdict(changed)).toEqual(bad(6, "broken_chain"));
  });

  test("when the last one was changed: only an anchor tells", () => {
    const changed = ledger.with(-1, encodeEntry({ ...parseEntry(ledger.at(-1)!), outcome: "denied" }));
    expect(verdict(changed).ok).toBe(true);
    expect(verdict(changed, [anchorAt(SIZE)])).toEqual(bad(SIZE - 1, "root_mismatch"));
  });

  test("when one is left out, given twice or swapped", () => {
    expect(verdict(ledger.toSpliced(5, 1))).toEqual(bad(5, "wrong_seq"));
    expect(verdict(ledger.toSpliced(5, 0, ledger[4]!))).toEqual(bad(5, "wrong_seq"));
    expect(verdict(ledger.slice(1))).toEqual(bad(0, "wrong_seq"));
  });

  test("when it is of another log", () => {
    const verifier = new LedgerVerifier(primitives, `${origin}x`, []);
    expect(verifier.push(ledger[0]!)).toEqual(bad(0, "broken_chain"));
  });

  test("when time went back", () => {
    expect(verdict(rewritten(5, { time: "2026-01-01T00:00:00.000Z" }))).toEqual(bad(5, "time_went_back"));
  });

  test("when history was rewritten: the first anchor after it tells", () => {
    const changed = rewritten(5, { outcome: "denied" });
    expect(verdict(changed).ok).toBe(true);
    expect(verdict(changed, [anchorAt(SIZE), anchorAt(5), anchorAt(10)])).toEqual(bad(9, "root_mismatch"));
  });

  test("when an anchor's chain does not hold", () => {
    const wrong = { ...anchorAt(10), chain: chainAt(9) };
    expect(verdict(ledger, [wrong])).toEqual(bad(9, "chain_mismatch"));
    const { size, root } = anchorAt(10);
    expect(verdict(ledger, [{ size, root }]).ok).toBe(true);
  });

  test("when entries are missing that an anchor counts", () => {
    expect(verdict(ledger.slice(0, 12), [anchorAt(10), anchorAt(SIZE)])).toEqual(bad(12, "missing"));
  });

  test("when the anchor of the empty ledger does not hold", () => {
    expect(verdict([], [{ ...anchorAt(0), root: new Uint8Array(32) }])).toEqual(bad(0, "root_mismatch"));
  });

  test("and what follows changes nothing", () => {
    const verifier = new LedgerVerifier(primitives, origin, []);
    const first = verifier.push(ledger[1]!);
    expect(verifier.push(ledger[0]!)).toBe(first);
    expect(verifier.finish()).toBe(first);
  });
});

describe("a verification goes on where another ended", () => {
  const after = (size: number) => ({
    frontier: frontierAt(size),
    chain: chainAt(size),
    time: parseEntry(ledger[size - 1]!).time,
  });

  test("and comes to the same", () => {
    const prefix = after(7);
    const verifier = new LedgerVerifier(primitives, origin, [anchorAt(7), anchorAt(SIZE)], prefix);
    for (const entry of ledger.slice(7)) verifier.push(entry);
    expect(verifier.finish()).toEqual({ ok: true, ...anchorAt(SIZE) });
    expect(prefix.frontier.size).toBe(7);
  });

  test("but cannot say anything of an anchor before", () => {
    expect(codeOf(() => new LedgerVerifier(primitives, origin, [anchorAt(3)], after(7)))).toBe("out_of_range");
  });

  test("and knows the time it ended at", () => {
    const verifier = new LedgerVerifier(primitives, origin, [], { ...after(7), time: "2027-01-01T00:00:00.000Z" });
    expect(verifier.push(ledger[7]!)).toEqual(bad(7, "time_went_back"));
  });
});

test("a fault of a primitive is not taken for a bad entry", () => {
  const broken = { sha256, blake3: genesisOnly() };
  const verifier = new LedgerVerifier(broken, origin, []);
  expect(() => verifier.push(ledger[0]!)).toThrow("out of order");
});

function genesisOnly(): typeof blake3 {
  let calls = 0;
  return (data) => {
    calls++;
    if (calls > 1) throw new Error("out of order");
    return blake3(data);
  };
}

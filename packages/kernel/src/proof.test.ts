import { describe, expect, test } from "vitest";
import { toBase64, utf8 } from "./bytes.ts";
import { signCheckpoint } from "./checkpoint.ts";
import { codeOf } from "./code-of.fixture.ts";
import { origin, sampleLedger } from "./ledger.fixture.ts";
import { inclusionProof, leafHash } from "./merkle.ts";
import { verifierKeyOf } from "./note.ts";
import { otherSigner, primitives, signer } from "./primitives.fixture.ts";
import { parseProof, printProof, verifyProof } from "./proof.ts";
import { readerOf } from "./reference-tree.fixture.ts";
import { createTree } from "./tiles.ts";

const { sha256 } = primitives;
const key = verifierKeyOf(sha256, origin, signer.publicKey);
const entries = sampleLedger(11);
const tree = createTree(sha256);
for (const entry of entries) tree.append(leafHash(sha256, entry));
const checkpoint = signCheckpoint(sha256, { origin, size: 11, root: tree.root() }, signer);
const read = readerOf(tree);
const proofOf = (index: number): string =>
  printProof({ index, hashes: inclusionProof(sha256, index, 11, read), checkpoint });

test("an entry is proven to stand under a checkpoint", () => {
  for (const [index, entry] of entries.entries()) {
    const verified = verifyProof(primitives, proofOf(index), entry, key);
    expect(verified).toMatchObject({ index, checkpoint: { origin, size: 11 } });
  }
});

test("a tree of one entry needs no hashes", () => {
  const alone = createTree(sha256);
  alone.append(leafHash(sha256, entries[0]!));
  const note = signCheckpoint(sha256, { origin, size: 1, root: alone.root() }, signer);
  const text = printProof({ index: 0, hashes: [], checkpoint: note });
  expect(text.startsWith(`c2sp.org/tlog-proof@v1\nindex 0\n\n${origin}\n`)).toBe(true);
  expect(verifyProof(primitives, text, entries[0]!, key).index).toBe(0);
});

describe("a proof does not hold", () => {
  test("for another entry or another place", () => {
    expect(codeOf(() => verifyProof(primitives, proofOf(3), entries[4]!, key))).toBe("proof_invalid");
    const moved = proofOf(3).replace("index 3", "index 4");
    expect(codeOf(() => verifyProof(primitives, moved, entries[3]!, key))).toBe("proof_invalid");
  });

  test("under a checkpoint of another key, or a changed one", () => {
    const otherKey = verifierKeyOf(sha256, origin, otherSigner.publicKey);
    expect(codeOf(() => verifyProof(primitives, proofOf(3), entries[3]!, otherKey))).toBe("note_invalid");
    const changed = proofOf(3).replace("\n11\n", "\n12\n");
    expect(codeOf(() => verifyProof(primitives, changed, entries[3]!, key))).toBe("note_invalid");
  });
});

test("the parts come back as they went in, opaque data too", () => {
  const hashes = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  for (const extra of [utf8("anything"), new Uint8Array(0)]) {
    const proof = { extra, index: 9, hashes, checkpoint };
    expect(parseProof(printProof(proof))).toEqual(proof);
  }
  expect(parseProof(printProof({ index: 9, hashes, checkpoint }))).toEqual({ index: 9, hashes, checkpoint });
});

test("the form is that of the example of C2SP tlog-proof", () => {
  const text = `c2sp.org/tlog-proof@v1
extra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6
index 73894
gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=

example.com/fancylog
109482
sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=

— example.com/fancylog hI2DJwAA
`;
  expect(printProof(parseProof(text))).toBe(text);
});

describe("a text is refused with", () => {
  const good = proofOf(3);
  const hash = toBase64(new Uint8Array(32));
  test.each([
    ["nothing", ""],
    ["another first line", good.replace("@v1", "@v2")],
    ["no index", good.replace("index 3\n", "")],
    ["a leading zero", good.replace("index 3", "index 03")],
    ["an index above 2^53", good.replace("index 3", "index 9007199254740993")],
    [
      "extra data after the index",
      good.replace("index 3\n", "index 3\nextra AAAA\n").replace("extra AAAA", "extra A A="),
    ],
    ["a short hash", good.replace("index 3\n", "index 3\nAAAA\n")],
    ["too many hashes", good.replace("index 3\n", `index 3\n${`${hash}\n`.repeat(54)}`)],
    ["no checkpoint", good.slice(0, good.indexOf("\n\n"))],
    ["too many characters", good + "a".repeat(2_000_000)],
  ])("%s", (_, text) => {
    expect(["proof_invalid", "encoding_invalid"]).toContain(codeOf(() => parseProof(text)));
  });

  test("an index that cannot be written", () => {
    for (const index of [-1, 0.5, 2 ** 53]) {
      expect(codeOf(() => printProof({ index, hashes: [], checkpoint }))).toBe("proof_invalid");
    }
  });
});

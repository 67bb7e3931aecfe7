import { describe, expect, test } from "vitest";
import { ClientError } from "../errors.ts";
import { testLog } from "./log.fixture.ts";
import { verifyProof } from "./verify-proof.ts";

const log = testLog(21);
const proof = log.proof(7, 21);

describe("an offline proof", () => {
  test("of every entry holds, under every checkpoint that covers it", () => {
    for (const size of [1, 2, 7, 8, 21])
      for (let index = 0; index < size; index++)
        expect(verifyProof(log.proof(index, size), log.entries[index] ?? "", log.verifierKey)).toMatchObject({
          index,
          checkpoint: { origin: log.origin, size },
        });
  });

  test("takes the entry as text as well", () => {
    expect(verifyProof(proof, "entry 7", log.verifierKey).index).toBe(7);
  });

  test.each([
    ["for another entry", proof, "entry 8", log.verifierKey],
    ["for another position", proof.replace("index 7", "index 6"), "entry 7", log.verifierKey],
    ["under another log's key", proof, "entry 7", testLog(1).verifierKey],
    ["with a key that is none", proof, "entry 7", "key"],
    ["with a changed checkpoint", proof.replace("\n21\n", "\n22\n"), "entry 7", log.verifierKey],
    ["without its checkpoint", proof.slice(0, proof.indexOf("holdfast/")), "entry 7", log.verifierKey],
    ["for text that has no bytes", proof, "\ud800", log.verifierKey],
  ])("does not hold %s", (_, text, entry, verifierKey) => {
    const verified = () => verifyProof(text, entry, verifierKey);
    expect(verified).toThrow(ClientError);
    expect(verified).toThrow(expect.objectContaining({ code: "proof_invalid" }));
  });
});

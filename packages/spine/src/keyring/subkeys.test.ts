import { describe, expect, it } from "vitest";
import { deriveSubkeys } from "./subkeys.ts";

describe("keys derived from the root key", () => {
  const rootKey = Buffer.alloc(32, 1);

  it("are the same for the same root key, and never the same for two purposes", () => {
    const keys = Object.values(deriveSubkeys(rootKey)).map((key: Uint8Array) => Buffer.from(key).toString("hex"));
    expect(Object.values(deriveSubkeys(rootKey)).map((key: Uint8Array) => Buffer.from(key).toString("hex"))).toEqual(
      keys,
    );
    expect(new Set(keys).size).toBe(keys.length);
    expect(deriveSubkeys(Buffer.alloc(32, 2)).stateMac).not.toEqual(deriveSubkeys(rootKey).stateMac);
  });

  it("stay as they are: another derivation could open nothing that was written before", () => {
    const { stateMac, rootKeyId } = deriveSubkeys(rootKey);
    expect(Buffer.from(stateMac).toString("hex")).toBe(
      "989d7d3baf42784dd35d7c59b903e8f55696c2780fc346482c8aa69ac2126679",
    );
    expect(Buffer.from(rootKeyId).toString("hex")).toBe("c4ba3e4dbb04dd48f565a9e108fc40c6");
  });

  it("need a root key of 32 bytes", () => {
    expect(() => deriveSubkeys(Buffer.alloc(16))).toThrow("32 bytes");
  });
});

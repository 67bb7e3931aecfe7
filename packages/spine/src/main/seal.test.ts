import { describe, expect, it } from "vitest";
import { sealDetail, sealLine } from "./seal.ts";

describe("a root key that nobody gave", () => {
  it("lies beside the data where the data folder holds both", () => {
    for (const say of [sealDetail, sealLine]) expect(say("development", "sqlite")).toContain("beside the data");
  });

  it("lies in the data folder, and the data elsewhere, on PostgreSQL, where every node needs it", () => {
    for (const say of [sealDetail, sealLine]) {
      expect(say("development", "postgres")).toMatch(/in the data folder.* every .*node needs the same/);
    }
  });
});

it("a root key that was given is told of alike on every storage", () => {
  for (const say of [sealDetail, sealLine]) {
    for (const seal of ["environment", "file"] as const) expect(say(seal, "postgres")).toBe(say(seal, "sqlite"));
  }
});

import { describe, expect, it } from "vitest";
import { createIdempotencyKeys } from "./idempotency-keys.ts";

describe("a remembered answer", () => {
  const keys = createIdempotencyKeys(Buffer.alloc(32, 1), Buffer.alloc(32, 2));
  const id = Buffer.alloc(32, 3);

  it("opens under its own id only", () => {
    const sealed = keys.seal(id, Buffer.from("answer"));
    expect(Buffer.from(keys.open(id, sealed)!).toString()).toBe("answer");
    expect(keys.open(Buffer.alloc(32, 4), sealed)).toBeUndefined();
    expect(keys.open(id, sealed.subarray(0, 30))).toBeUndefined();
  });

  it("is named by a keyed MAC", () => {
    expect(keys.mac(keys.macKey, id)).not.toEqual(keys.mac(Buffer.alloc(32, 9), id));
  });
});

import { describe, expect, it } from "vitest";
import { createCursors } from "./cursors.ts";

describe("a cursor", () => {
  const cursors = createCursors(Buffer.alloc(32, 1));
  const scope = ["tn_a", "secret.list", "user"];

  it("comes back in its scope and says nothing to whoever holds it", () => {
    const cursor = cursors.seal(scope, "1:user/hidden");
    expect(cursors.open(scope, cursor)).toBe("1:user/hidden");
    expect(Buffer.from(cursor, "base64url").toString("latin1")).not.toContain("hidden");
    expect(cursors.seal(scope, "1:user/hidden")).not.toBe(cursor);
  });

  it("fits the contract's 1024 characters for the longest path", () => {
    expect(cursors.seal(scope, `31:${"a".repeat(512)}`).length).toBeLessThanOrEqual(1024);
  });

  it("opens in no other scope, under no other key, and not when changed", () => {
    const cursor = cursors.seal(scope, "user/a");
    const changed = `${cursor.slice(0, -2)}${cursor.endsWith("AA") ? "BA" : "AA"}`;
    expect(cursors.open(["tn_b", "secret.list", "user"], cursor)).toBeUndefined();
    expect(createCursors(Buffer.alloc(32, 2)).open(scope, cursor)).toBeUndefined();
    for (const text of [changed, "", "AAAA", "not base 64 !"]) expect(cursors.open(scope, text)).toBeUndefined();
  });
});

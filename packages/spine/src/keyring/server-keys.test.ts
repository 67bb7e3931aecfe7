import { describe, expect, it } from "vitest";
import type { Put } from "@holdfast/engine";
import { createKeyring } from "./keyring.ts";
import { rootKey } from "./keyring.fixture.ts";

describe("a key of the server", () => {
  const { serverKeys } = createKeyring({ rootKey, suite: 1 });
  const storedOf = (change: unknown) => ({ row: (change as Put).row, rev: 1, seq: 0 });

  it("comes back from its row, with what others may know of it beside it", () => {
    const { seed, change } = serverKeys.create("ledger", 1, (of) => of.subarray(0, 4));
    expect(Buffer.compare(serverKeys.open(storedOf(change)), seed)).toBe(0);
    expect(storedOf(change).row).toMatchObject({ name: "ledger", created_at: 1, public_key: seed.subarray(0, 4) });
    expect(storedOf(serverKeys.create("authority", 1).change).row).toMatchObject({ public_key: null });
  });

  it("does not open under another name or another root key", () => {
    const stored = storedOf(serverKeys.create("ledger", 1).change);
    const renamed = { ...stored, row: { ...stored.row, name: "authority" } };
    const other = createKeyring({ rootKey: Buffer.alloc(32, 8), suite: 1 });
    expect(() => serverKeys.open(renamed)).toThrow("cannot be used");
    expect(() => other.serverKeys.open(stored)).toThrow("cannot be used");
  });
});

import { toHex } from "@holdfast/kernel/bytes";
import { describe, expect, it } from "vitest";
import { memoryStore } from "./memory-store.fixture.ts";
import { rootKeyFrom, rootKeyName } from "./root-key.ts";
import { readCredentials, readSecret } from "./read-secrets.ts";

const hex = "0f".repeat(32);
const holding = (secret: string) => new Map([[rootKeyName, secret]]);

describe("the root key of a credential store", () => {
  it("is made once, and is the same from then on", async () => {
    const store = memoryStore();
    const first = await rootKeyFrom(store, false);
    const second = await rootKeyFrom(store, true);
    expect(first).toMatchObject({ ok: true, isNew: true });
    expect(second).toMatchObject({ ok: true, isNew: false });
    expect(first.ok && second.ok && toHex(first.key) === toHex(second.key)).toBe(true);
  });

  it("is read as an operator wrote it", async () => {
    const found = await rootKeyFrom(memoryStore(holding(` ${hex.toUpperCase()}\n`)), true);
    expect(found).toEqual({ ok: true, key: new Uint8Array(32).fill(0x0f), isNew: false });
  });

  it.each([
    ["a ledger is there and no key", memoryStore(), true, "its root key is not in the credential store"],
    ["the store does not answer", memoryStore(new Map(), { broken: true }), false, "it does not answer"],
    ["nothing can be written", memoryStore(new Map(), { isReadOnly: true }), false, "none can be written there"],
    ["what was written is not given back", memoryStore(new Map(), { forgets: true }), false, "does not give back"],
    ["it is no key", memoryStore(holding("hunter2")), true, "is not 32 bytes in hexadecimal"],
  ])("is refused when %s, and never made instead", async (_, store, hasLedger, sentence) => {
    const found = await rootKeyFrom(store, hasLedger);
    expect(found).toMatchObject({ ok: false, message: expect.stringContaining(sentence) as string });
    expect(JSON.stringify(found)).not.toContain("hunter2");
  });

  it("is that of another process which was first", async () => {
    const secrets = new Map<string, string>();
    const write = async () => {
      secrets.set(rootKeyName, hex);
      return { ok: false, reason: "there is one already" } as const;
    };
    const racing = { ...memoryStore(secrets), write };
    expect(await rootKeyFrom(racing, false)).toEqual({ ok: true, key: new Uint8Array(32).fill(0x0f), isNew: false });
  });
});

describe("secrets that settings refer to", () => {
  const store = memoryStore(new Map([["hook", "https://hooks.example.org/x"]]));

  it("come from the store by name, each once, and what is missing is told with the way to provide it", async () => {
    const { secrets, missing } = await readCredentials(["hook", "hook", "mail", "../x"], store);
    expect([...secrets]).toEqual([["hook", "https://hooks.example.org/x"]]);
    expect(missing).toEqual(["mail: not there; put mail there", "../x: the name of the credential is none"]);
  });

  it("come from a file that is named", async () => {
    expect(await readSecret({ kind: "file", path: "/absent/secret" }, store)).toEqual({ kind: "absent" });
  });
});

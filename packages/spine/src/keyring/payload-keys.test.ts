import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Context, PayloadKey, SealedPayload } from "@holdfast/engine";
import { type Bench, openBench, otherTenantId, tenantId } from "./keyring.fixture.ts";
import { destroyed, kekOf, keksTable, payloadKeysTable } from "./store.ts";

const subject = "ac_somebody";
const july = Date.UTC(2026, 6, 1);

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

/** The key for a subject, planned in an operation of its own and committed when it is new. */
async function keyOf(actor = subject, now = july, tenant = tenantId): Promise<PayloadKey> {
  let key: PayloadKey | undefined;
  const run = async ({ reads }: Context) => {
    key = await bench.keyring.payloadKeyOf({ tenant, actor }, now, reads);
    return { output: {}, changes: key.changes, writes: key.writes };
  };
  expect(await bench.plan(run)).toMatchObject({ ok: true });
  return key as PayloadKey;
}

const rowsOf = (actor: string) =>
  bench.storage.rows(payloadKeysTable, "SELECT * FROM payload_keys WHERE subject = ? ORDER BY month", [actor]);
const open = ({ sealed, commitment }: SealedPayload) => bench.keyring.payloadOpener(bench.storage)(sealed, commitment);
const payload = Buffer.from('{"op":"secret.read"}');

describe("payload keys", () => {
  it("are made once for each subject and month, by whoever commits first", async () => {
    const before = rowsOf("ac_new").length;
    await Promise.all(Array.from({ length: 4 }, () => keyOf("ac_new")));
    expect([before, rowsOf("ac_new").length]).toEqual([0, 1]);
    await keyOf("ac_new", Date.UTC(2026, 7, 1));
    expect(rowsOf("ac_new").map(({ row }) => row["month"])).toEqual(["2026-07", "2026-08"]);
  });

  it("seal what an opener opens, also after everything cached was dropped", async () => {
    const first = (await keyOf()).seal(payload);
    const held = await keyOf();
    expect(held.changes).toEqual([]);
    expect(await keyOf()).toBe(held);
    const second = held.seal(payload);
    bench.forget();
    const again = (await keyOf()).seal(payload);
    for (const sealed of [first, second, again]) {
      expect(await open(sealed)).toEqual({ ok: true, payload });
    }
  });

  it("seal what the entries of the ledger commit to", async () => {
    const { seq } = await bench.plan(() => ({ output: {}, facts: { path: "user/ada" } }));
    const entry = bench.storage.database.prepare("SELECT bytes, payload FROM entries WHERE seq = ?").get(seq!)!;
    const { commitment } = JSON.parse(Buffer.from(entry["bytes"] as Uint8Array).toString()) as { commitment: string };
    const opened = await open({ sealed: entry["payload"] as Uint8Array, commitment: Buffer.from(commitment, "hex") });
    expect(opened).toMatchObject({ ok: true });
    expect(Buffer.from((opened as { payload: Uint8Array }).payload).toString()).toContain('"path":"user/ada"');
  });

  it("open for one query what was asked for before, from memory", async () => {
    const key = await keyOf();
    const opener = bench.keyring.payloadOpener(bench.storage);
    for (const _ of ["loads the key", "remembers it"]) {
      const { sealed, commitment } = key.seal(payload);
      expect(await opener(sealed, commitment)).toEqual({ ok: true, payload });
    }
  });

  it("open nothing that is too short, changed, or sealed for another commitment", async () => {
    const { sealed, commitment } = (await keyOf()).seal(payload);
    const wrong = [
      { sealed: sealed.subarray(0, 20), commitment },
      { sealed, commitment: Buffer.alloc(32) },
    ];
    for (const each of wrong) expect(await open(each)).toEqual({ ok: false, reason: "damaged" });
  });

  it("are gone when their row is, and nobody else's with them", async () => {
    const [mine, theirs] = [await keyOf("ac_erased"), await keyOf("ac_kept")];
    const sealed = mine.seal(payload);
    const kept = theirs.seal(payload);
    const key = { tenant: tenantId, subject: "ac_erased", month: "2026-07" };
    await bench.commit([{ delete: payloadKeysTable, key, expect: 1 }], [`payload-key:${tenantId}/ac_erased/2026-07`]);
    expect(await open(sealed)).toEqual({ ok: false, reason: "key_missing" });
    expect(await open(kept)).toMatchObject({ ok: true });
    expect((await keyOf("ac_erased")).changes).toHaveLength(1);
  });

  it("are gone when their KEK is", async () => {
    const sealed = (await keyOf("ac_other", july, otherTenantId)).seal(payload);
    const stored = bench.storage.row(keksTable, { tenant: otherTenantId, version: 1 })!;
    await bench.commit([destroyed(kekOf(stored), 1)], [`kek:${otherTenantId}`]);
    expect(await open(sealed)).toEqual({ ok: false, reason: "key_missing" });
    await bench.commit([{ delete: keksTable, key: { tenant: otherTenantId, version: 1 }, expect: 2 }]);
    expect(await open(sealed)).toEqual({ ok: false, reason: "key_missing" });
  });
});

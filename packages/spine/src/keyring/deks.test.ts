import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Context } from "@holdfast/engine";
import type { Opened, Sealed } from "./deks.ts";
import { actorId, type Bench, definition, openBench, otherTenantId, rootKey, tenantId } from "./keyring.fixture.ts";
import { createKeyring } from "./keyring.ts";
import { keyringOperations, keySweep } from "./operations.ts";
import { dekFootprint, deksTable, keksTable } from "./store.ts";

const context = {
  purpose: "value",
  tenant: tenantId,
  path: "applications/shop/db-password",
  version: 1,
  kind: "secret",
  contentType: "text/plain",
};
const plaintext = Buffer.from("correct horse");
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

/** Seals a value in an operation of its own. */
async function seal(of = context): Promise<Sealed> {
  let sealed: Sealed | undefined;
  const run = async ({ reads }: Context) => {
    sealed = await bench.keyring.deks.seal(reads, 1_700_000_000_000, of, plaintext);
    return { output: {}, changes: sealed.changes };
  };
  const answer = await bench.plan(run, { tenant: of.tenant });
  expect(answer).toMatchObject({ ok: true });
  return sealed as Sealed;
}

/** Opens a value in an operation of its own; its re-wrap is committed with it. */
async function open(sealed: Uint8Array, of = context) {
  let opened: Opened | undefined;
  const answer = await bench.plan(
    async ({ reads }) => {
      opened = await bench.keyring.deks.open(reads, of, sealed);
      return { output: Buffer.from(opened.plaintext).toString(), changes: opened.changes };
    },
    { tenant: of.tenant },
  );
  return { answer, changes: opened?.changes ?? [] };
}

const rowOf = (dekId: Uint8Array) => bench.storage.row(deksTable, { dek_id: dekId });
const rotate = () => bench.perform(keyringOperations(definition, bench.keyring)[1]!);

function destroy(dekId: Uint8Array) {
  return bench.plan(async ({ reads }) => ({ output: {}, ...(await bench.keyring.deks.destroy(reads, dekId)) }));
}

describe("data-encryption keys", () => {
  it("open what they sealed, from the cache and from storage", async () => {
    const { sealed } = await seal();
    for (const _ of ["cold", "cached"]) {
      expect(await open(sealed)).toMatchObject({
        answer: { ok: true, plan: { output: "correct horse" } },
        changes: [],
      });
    }
    bench.forget();
    expect(await open(sealed)).toMatchObject({ answer: { ok: true, plan: { output: "correct horse" } } });
  });

  it("open a value of any suite, whatever suite seals now", async () => {
    for (const suite of [1, 2, 3] as const) {
      const other = createKeyring({ rootKey, suite });
      let sealed: Uint8Array | undefined;
      await bench.plan(async ({ reads }) => {
        const made = await other.deks.seal(reads, 1_700_000_000_000, context, plaintext);
        sealed = made.sealed;
        return { output: {}, changes: made.changes };
      });
      expect(await open(sealed!)).toMatchObject({ answer: { ok: true, plan: { output: "correct horse" } } });
    }
  });

  it("have ids that order by the time they were made at, and are never the same", async () => {
    const ids: string[] = [];
    await bench.plan(async ({ reads }) => {
      for (const now of [0, 1, 2 ** 32 - 1, 2 ** 32, 1_700_000_000_000, 1_700_000_000_000, 2 ** 48 - 1]) {
        ids.push(Buffer.from((await bench.keyring.deks.seal(reads, now, context, plaintext)).dekId).toString("hex"));
      }
      return { output: {} };
    });
    expect(ids.map((id) => Number.parseInt(id.slice(0, 12), 16))).toEqual([
      0,
      1,
      2 ** 32 - 1,
      2 ** 32,
      1_700_000_000_000,
      1_700_000_000_000,
      2 ** 48 - 1,
    ]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("never open a ciphertext that was copied to another tenant, path, version, kind or content type", async () => {
    const { sealed } = await seal();
    const elsewhere = fc.record(
      {
        tenant: fc.constant(otherTenantId),
        path: fc.string(),
        version: fc.nat(),
        kind: fc.constant("config"),
        contentType: fc.string(),
      },
      { requiredKeys: [] },
    );
    const property = fc.asyncProperty(elsewhere, async (change) => {
      const moved = { ...context, ...change };
      const isSame = Object.entries(context).every(([field, value]) => moved[field as keyof typeof moved] === value);
      const opened = bench.plan(async ({ reads }) => {
        const { plaintext: value } = await bench.keyring.deks.open(reads, moved, sealed);
        return { output: Buffer.from(value).toString() };
      });
      expect((await opened).ok).toBe(isSame);
    });
    await fc.assert(property, { numRuns: 40 });
  });

  it("never open under another tenant, even when its key is not cached", async () => {
    const { sealed } = await seal();
    bench.forget();
    const { answer } = await open(sealed, { ...context, tenant: otherTenantId });
    expect(answer).toMatchObject({ ok: false, refusal: { code: "destroyed" } });
  });

  it("refuse bytes that are no sealed value, and a sealed value that was changed", async () => {
    const { sealed } = await seal();
    const changed = Buffer.from(sealed);
    changed[changed.byteLength - 1]! ^= 1;
    for (const bytes of [Buffer.from("plaintext"), changed]) {
      expect((await open(bytes)).answer).toMatchObject({ ok: false, refusal: { code: "storage_failed" } });
    }
  });

  it("refuse a key that was put into another row", async () => {
    const [mine, theirs] = [await seal(), await seal()];
    const row = { ...rowOf(mine.dekId)!.row, wrapped: rowOf(theirs.dekId)!.row["wrapped"]! };
    await bench.commit([{ put: deksTable, row, expect: 1 }]);
    bench.forget();
    expect((await open(mine.sealed)).answer).toMatchObject({ ok: false, refusal: { code: "storage_failed" } });
    await destroy(mine.dekId);
  });

  it("are gone for good once destroyed, also from the cache", async () => {
    const { sealed, dekId } = await seal();
    await open(sealed);
    expect(await destroy(dekId)).toMatchObject({ ok: true, plan: { writes: [dekFootprint(hex(dekId))] } });
    expect((await open(sealed)).answer).toMatchObject({ ok: false, refusal: { code: "destroyed" } });
    expect(await destroy(dekId)).toMatchObject({ ok: true, plan: { changes: [], writes: [] } });
  });

  it("need a tenant that has keys", async () => {
    const run = async ({ reads }: Context) => {
      await bench.keyring.deks.seal(reads, 1_700_000_000_000, { ...context, tenant: actorId }, plaintext);
      return { output: {} };
    };
    expect(await bench.plan(run)).toMatchObject({ ok: false, refusal: { code: "sealed" } });
  });
});

describe("a rotation of the KEK", () => {
  it("lets no new key stand under the old KEK, whichever comes first", async () => {
    const planned = [seal(), rotate(), seal()];
    await Promise.all(planned);
    const sealed = (await Promise.all([planned[0], planned[2]])) as Sealed[];
    const active = (await listed())[0]!;
    for (const { dekId } of sealed) {
      const { row, seq } = rowOf(dekId)!;
      const isBefore = row["kek_version"] === active.version - 1;
      expect(isBefore ? seq < rotatedAt(active.version) : row["kek_version"] === active.version).toBe(true);
    }
  });

  it("moves a key when it is read, once, and opens it all the time", async () => {
    const { sealed, dekId } = await seal();
    const before = rowOf(dekId)!;
    await rotate();
    const readers = await Promise.all(Array.from({ length: 8 }, () => open(sealed)));
    for (const { answer } of readers) expect(answer).toMatchObject({ ok: true, plan: { output: "correct horse" } });
    const after = rowOf(dekId)!;
    expect(after.row["kek_version"]).toBe((before.row["kek_version"] as number) + 1);
    expect(after.rev).toBe(before.rev + 1);
    expect(await open(sealed)).toMatchObject({ changes: [] });
  });

  it("never brings back a key that was destroyed while it was re-wrapped, in either order", async () => {
    for (const isDestroyFirst of [true, false]) {
      const { sealed, dekId } = await seal();
      await rotate();
      const race = isDestroyFirst ? [destroy(dekId), open(sealed)] : [open(sealed), destroy(dekId)];
      const answers = await Promise.all(race);
      expect(answers[isDestroyFirst ? 0 : 1]).toMatchObject({ ok: true });
      expect(rowOf(dekId)).toBeUndefined();
      expect((await open(sealed)).answer).toMatchObject({ ok: false, refusal: { code: "destroyed" } });
    }
  });

  it("never brings back a key that was destroyed while the sweep moved it", async () => {
    const { dekId } = await seal();
    await rotate();
    const sweep = keySweep(bench.keyring);
    const [swept, destroyed] = await Promise.all([bench.perform(sweep), destroy(dekId)]);
    expect([swept.ok, destroyed.ok]).toEqual([true, true]);
    expect(rowOf(dekId)).toBeUndefined();
  });
});

async function listed() {
  const answer = await bench.perform(keyringOperations(definition, bench.keyring)[0]!);
  return (answer as { plan: { output: { items: { version: number }[] } } }).plan.output.items;
}

function rotatedAt(version: number): number {
  return bench.storage.row(keksTable, { tenant: tenantId, version })!.seq;
}

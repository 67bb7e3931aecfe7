import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answer, Change, Put } from "@holdfast/engine";
import { type Bench, definition, openBench, otherTenantId, rootKey, tenantId } from "./keyring.fixture.ts";
import { createKeyring } from "./keyring.ts";
import { keyringOperations, keySweep } from "./operations.ts";
import { deksTable, kekOf, keksTable } from "./store.ts";
import { isSweepDue } from "./sweep-due.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const outputOf = (answer: Answer) => (answer.ok ? answer.plan.output : answer.refusal.code);
const operation = (index: 0 | 1) => keyringOperations(definition, bench.keyring)[index]!;
const list = async (tenant = tenantId) => outputOf(await bench.perform(operation(0), { tenant }));
const rotate = async (tenant = tenantId) => outputOf(await bench.perform(operation(1), { tenant }));
const isDue = async (tenant = tenantId) =>
  outputOf(await bench.plan(async ({ reads }) => ({ output: await isSweepDue(reads, tenant) })));
const sweep = async (tenant = tenantId) => outputOf(await bench.perform(keySweep(bench.keyring), { tenant }));

/** Seals values in one operation, so that there are keys to move. */
async function addDeks(count: number, tenant = tenantId): Promise<void> {
  const context = { purpose: "value", tenant, path: "a", version: 1, kind: "secret", contentType: "text/plain" };
  const answer = await bench.plan(
    async ({ reads }) => {
      const changes: Change[] = [];
      for (let index = 0; index < count; index++) {
        changes.push(
          ...(await bench.keyring.deks.seal(reads, 1_700_000_000_000, context, Buffer.from("value"))).changes,
        );
      }
      return { output: {}, changes };
    },
    { tenant },
  );
  expect(answer.ok).toBe(true);
}

describe("the KEKs of a tenant", () => {
  it("start with one that is active, and count what they wrap", async () => {
    await addDeks(3);
    // Three DEKs, and the payload key of the actor that added them.
    expect(await list()).toEqual({
      items: [{ version: 1, state: "active", createdAt: "2026-07-01T00:00:00.000Z", references: 4 }],
    });
  });

  it("rotate to a new one; the sweep moves what is left and ends the old one when nothing is", async () => {
    bench.now += 1000;
    expect(await rotate()).toEqual({
      items: [
        { version: 2, state: "active", createdAt: "2026-07-01T00:00:01.000Z", references: 0 },
        { version: 1, state: "retiring", createdAt: "2026-07-01T00:00:00.000Z", references: 4 },
      ],
    });
    expect(await isDue()).toBe(true);
    expect(await sweep()).toEqual({ rewrapped: 4, destroyed: [], isDone: false });
    expect(await list()).toMatchObject({ items: [{ references: 4 }, { state: "retiring", references: 0 }] });
    expect(await sweep()).toEqual({ rewrapped: 0, destroyed: [1], isDone: true });
    expect(await list()).toMatchObject({
      items: [{ references: 4 }, { version: 1, state: "destroyed", references: 0 }],
    });
    expect(bench.storage.row(keksTable, { tenant: tenantId, version: 1 })!.row["sealed"]).toBeNull();
    expect([await isDue(), await isDue("tn_none")]).toEqual([false, false]);
    expect(await sweep()).toEqual({ rewrapped: 0, destroyed: [], isDone: true });
  });

  it("move in bounded steps, oldest first", async () => {
    await rotate();
    await addDeks(250);
    await rotate();
    await addDeks(1);
    await rotate();
    const steps = [];
    for (let step = 0; step < 10; step++) {
      const output = (await sweep()) as { rewrapped: number; isDone: boolean };
      steps.push(output.rewrapped);
      if (output.isDone) break;
    }
    expect(steps.reduce((sum, rewrapped) => sum + rewrapped)).toBe(255);
    expect(Math.max(...steps)).toBe(200);
    expect(await list()).toMatchObject({
      items: [{ references: 255 }, { state: "destroyed" }, { state: "destroyed" }, { state: "destroyed" }, {}],
    });
  });

  it("are counted page by page", async () => {
    await addDeks(800);
    expect(await list()).toMatchObject({ items: [{ references: 1055 }, {}, {}, {}, {}] });
  });

  it("are counted up to a bound", async () => {
    const { row } = bench.storage.rows(deksTable, "SELECT * FROM deks LIMIT 1", [])[0]!;
    for (let part = 0; part < 5; part++) {
      const changes = Array.from({ length: 2000 }, (_, index): Put => {
        const dekId = Buffer.alloc(16);
        dekId.writeUInt32BE(part * 2000 + index);
        return { put: deksTable, row: { ...row, dek_id: dekId, tenant: otherTenantId, kek_version: 1 }, expect: 0 };
      });
      await bench.commit(changes);
    }
    expect(await list(otherTenantId)).toMatchObject({ items: [{ references: 10_000 }] });
  });

  it("do not pile up: too many that still wrap something stop the next rotation", async () => {
    for (let retiring = 1; retiring <= 64; retiring++) expect(await rotate()).toHaveProperty("items");
    expect(await rotate()).toBe("conflict");
  });

  it("stay usable when the root key is the same, and do not open under another", async () => {
    const context = {
      purpose: "value",
      tenant: tenantId,
      path: "a",
      version: 1,
      kind: "secret",
      contentType: "text/plain",
    };
    const seal = (key: Buffer) => {
      const keyring = createKeyring({ rootKey: key, suite: 1 });
      return bench.plan(async ({ reads }) => {
        const { changes } = await keyring.deks.seal(reads, 1_700_000_000_000, context, Buffer.from("value"));
        return { output: {}, changes };
      });
    };
    expect(outputOf(await seal(rootKey))).toEqual({});
    expect(outputOf(await seal(Buffer.alloc(32, 9)))).toBe("storage_failed");
  });

  it("unwrap nothing once they are gone", () => {
    const { keks } = bench.keyring;
    const [first] = bench.storage.rows(keksTable, "SELECT * FROM keks WHERE state = 'destroyed'", []).map(kekOf);
    for (const kek of [first!, undefined]) {
      expect(() => keks.unwrap(kek, Buffer.alloc(72), Buffer.alloc(0))).toThrow("cannot be used");
    }
  });
});

describe("a keyring", () => {
  it("drops what is written, what has expired, and everything when it is sealed", async () => {
    const { keyring } = bench;
    keyring.onCommitted(["path:a/b", `kek:${tenantId}`, "dek:00", "payload-key:a/b/2026-07", "no-colon"]);
    keyring.dropExpired();
    keyring.clear();
    await addDeks(1);
    expect(keyring.newTenantKeys("tn_new", 1)).toMatchObject({ writes: ["kek:tn_new"] });
  });
});

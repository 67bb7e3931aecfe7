import { describe, expect, it } from "vitest";
import { connected, emptyDatabase, hasServer } from "./database.fixture.ts";
import { pruneBatches } from "./prune-batches.ts";
import { prepareSchema } from "./schema.ts";

describe.skipIf(!hasServer)("batches that no node has to hear of any more", () => {
  it("go in pieces, and those of the newest entries stay", async () => {
    const client = await connected(await emptyDatabase());
    await prepareSchema(client, []);
    await client.query("INSERT INTO head VALUES (0, 1000, '', '', 0, '', '')");
    await client.query(
      "INSERT INTO batches SELECT n * 10, (n - 1) * 10, 'one', '{}' FROM generate_series(1, 100) AS n",
    );
    const kept = async () =>
      (await client.query<{ next_seq: number }>("SELECT next_seq FROM batches ORDER BY next_seq")).rows.map(
        ({ next_seq }) => next_seq,
      );
    expect(await pruneBatches(client, 300, 50)).toBe(false);
    expect((await kept())[0]).toBe(510);
    expect(await pruneBatches(client, 300, 50)).toBe(true);
    expect(await kept()).toEqual(Array.from({ length: 30 }, (_, index) => 710 + index * 10));
    expect(await pruneBatches(client)).toBe(true);
    expect(await kept()).toHaveLength(30);
  });

  it("are none where there is no ledger", async () => {
    const client = await connected(await emptyDatabase());
    await prepareSchema(client, []);
    expect(await pruneBatches(client)).toBe(true);
  });
});

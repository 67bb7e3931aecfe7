import { randomBytes } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answer } from "@holdfast/engine";
import { actorId, tenantId } from "@holdfast/spine/keyring.fixture";
import { openRegistry, outcomeOf, type RegistryBench } from "./registry.fixture.ts";
import { largeValuesTable, versionsTable } from "./store.ts";

let bench: RegistryBench;
beforeAll(async () => {
  bench = await openRegistry(64 * 1024);
});
afterAll(() => bench.close());

const planOf = (answer: Answer) => (answer.ok ? answer.plan : undefined);
const nodeIdOf = (answer: Answer) => planOf(answer)!.resource!.split(":")[1]!.split("@")[0]!;
const refusalsOf = (answers: readonly Answer[]) =>
  answers.flatMap((answer) => (answer.ok ? [] : [answer.refusal.code]));
let keys = 0;
const freshKey = () => `applications/test/key-${keys++}`;
const at = (key: string, more = {}) => ({ params: { key, ...more } });

describe("writing", () => {
  it("makes version 1 of a free key and the next of one that is there", async () => {
    const key = freshKey();
    const first = await bench.put(key, "one", { metadata: { owner: "shop" }, note: "first" });
    expect(planOf(first)).toMatchObject({ status: 201, etag: 1 });
    expect(planOf(first)!.resource).toMatch(/^secret:nd_[a-z2-7]{26}@1$/);
    expect(outcomeOf(first)).toMatchObject({
      key,
      kind: "secret",
      version: 1,
      state: "live",
      contentType: "application/json",
      metadata: { owner: "shop" },
      note: "first",
      size: 5,
      createdAt: "2026-07-01T00:00:00.000Z",
      createdBy: actorId,
    });
    expect(outcomeOf(first)).not.toHaveProperty("value");
    expect(planOf(await bench.put(key, "two"))).toMatchObject({ status: 200, etag: 2 });
    expect(outcomeOf(await bench.read(key))).toMatchObject({ version: 2, value: "two", metadata: {} });
  });

  it("records path and version, never the value", async () => {
    const key = freshKey();
    expect(planOf(await bench.put(key, "correct horse"))!.facts).toEqual({ path: key, version: 1 });
    expect(planOf(await bench.read(key))!.facts).toEqual({ path: key, version: 1 });
  });

  it("gives back any JSON exactly as it was spelled", async () => {
    const key = freshKey();
    const numbers = ["1.0", "12345678901234567890", "1e400", "-0", '{"a":[1.10,{"__proto__":{"constructor":1}}]}'];
    for (const value of ["null", "true", '"text \\u0000"', ...numbers]) {
      const body = `{"value":${value}}`;
      expect(await bench.call("secret.put", { ...at(key), body })).toMatchObject({ ok: true });
      const { value: read } = outcomeOf(await bench.read(key)) as { value: unknown };
      expect(JSON.stringify(read)).toBe(value);
    }
  });

  it("keeps text and bytes under a content type of their own", async () => {
    const key = freshKey();
    await bench.put(key, "line\n", { contentType: "text/plain" });
    expect(outcomeOf(await bench.read(key))).toMatchObject({ value: "line\n", contentType: "text/plain", size: 5 });
    await bench.put(key, "AAEC/w==", { encoding: "base64" });
    expect(outcomeOf(await bench.read(key))).toMatchObject({
      value: "AAEC/w==",
      encoding: "base64",
      contentType: "application/octet-stream",
      size: 4,
    });
  });

  it.each([
    ["a value that is no string, without being JSON", { value: 1, contentType: "text/plain" }],
    ["text with a lone surrogate", { value: "\ud800", contentType: "text/plain" }],
    ["base 64 that is not canonical", { value: "AAEC/w", encoding: "base64" }],
    ["base 64 that is no string", { value: 1, encoding: "base64" }],
    ["base 64 of JSON", { value: "AAEC", encoding: "base64", contentType: "application/json" }],
  ])("refuses %s", async (_, body) => {
    const answer = await bench.call("secret.put", { ...at(freshKey()), body: JSON.stringify(body) });
    expect(["invalid_input", "malformed_json"]).toContain(outcomeOf(answer));
  });

  it("refuses a value that is too large, and keeps one that just fits", async () => {
    const key = freshKey();
    expect(outcomeOf(await bench.put(key, "x".repeat(64 * 1024), { contentType: "text/plain" }))).toMatchObject({});
    expect(outcomeOf(await bench.read(key))).toMatchObject({ size: 64 * 1024 });
    expect(outcomeOf(await bench.put(key, "x".repeat(64 * 1024)))).toBe("payload_too_large");
  });

  it.each(["a//b", "a/../b", "/a", "a/", "a/versions/1", "a:b", "a\u200bb", "A\u030a"])(
    "refuses the path %j, which has another spelling or none",
    async (key) => {
      expect(outcomeOf(await bench.put(key, 1))).toBe("path_not_canonical");
      expect(outcomeOf(await bench.call("secret.create", { body: { key, value: 1 } }))).toBe("path_not_canonical");
      expect(outcomeOf(await bench.read(key))).toBe("path_not_canonical");
    },
  );
});

describe("creating", () => {
  it("refuses a key that is there and takes one that was deleted, whose versions go on", async () => {
    const key = freshKey();
    expect(planOf(await bench.call("secret.create", { body: { key, value: 1 } }))).toMatchObject({
      status: 201,
      etag: 1,
    });
    expect(outcomeOf(await bench.call("secret.create", { body: { key, value: 2 } }))).toBe("already_exists");
    await bench.call("secret.delete", at(key));
    const again = await bench.call("secret.create", { body: { key, value: 2, cas: 0 } });
    expect(planOf(again)).toMatchObject({ status: 201, etag: 2 });
  });

  it("cannot expect a version", async () => {
    const key = freshKey();
    expect(outcomeOf(await bench.call("secret.create", { body: { key, value: 1, cas: 3 } }))).toBe("version_mismatch");
  });

  it("makes one of many at once", async () => {
    const key = freshKey();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, value) => bench.call("secret.create", { body: { key, value } })),
    );
    expect(refusalsOf(answers)).toEqual(Array.from({ length: 7 }, () => "already_exists"));
  });
});

describe("check-and-set", () => {
  it("writes when the version is current and says which is when it is not", async () => {
    const key = freshKey();
    expect(await bench.put(key, 1, { cas: 0 })).toMatchObject({ ok: true });
    expect(await bench.put(key, 2, { cas: 1 })).toMatchObject({ ok: true });
    const refused = await bench.put(key, 3, { cas: 1 });
    expect(refused).toMatchObject({
      ok: false,
      refusal: { code: "version_mismatch", details: { precondition: false } },
    });
    expect(refused).toMatchObject({ refusal: { message: "The current version is 2." } });
  });

  it("marks a mismatch of If-Match and If-None-Match, which answers 412", async () => {
    const key = freshKey();
    const ifMatch = (precondition: number) =>
      bench.call("secret.put", { ...at(key), body: { value: 1 }, precondition });
    expect(await ifMatch(1)).toMatchObject({ refusal: { code: "version_mismatch", details: { precondition: true } } });
    expect(await ifMatch(0)).toMatchObject({ ok: true });
    expect(await ifMatch(0)).toMatchObject({ refusal: { code: "version_mismatch", details: { precondition: true } } });
    expect(await bench.call("secret.delete", { ...at(key), precondition: 2 })).toMatchObject({ ok: false });
    expect(await bench.call("secret.delete", { ...at(key), precondition: 1 })).toMatchObject({ ok: true });
    expect(await ifMatch(1)).toMatchObject({ refusal: { message: "There is no current version." } });
  });

  it("refuses a header and a body that contradict each other", async () => {
    const body = { value: 1, cas: 1 };
    expect(outcomeOf(await bench.call("secret.put", { ...at(freshKey()), body, precondition: 0 }))).toBe(
      "invalid_input",
    );
  });

  it("lets one of many through in one batch", async () => {
    const key = freshKey();
    await bench.put(key, 0);
    const answers = await Promise.all(Array.from({ length: 8 }, (_, value) => bench.put(key, value, { cas: 1 })));
    expect(refusalsOf(answers)).toEqual(Array.from({ length: 7 }, () => "version_mismatch"));
  });

  it("lets 64 blind writers of a hot key all through, each with a version of its own", async () => {
    const key = freshKey();
    const size = bench.committer.position;
    const writes: Promise<Answer>[] = [];
    for (let value = 0; value < 64; value++) {
      writes.push(bench.put(key, value));
      // Requests of different connections begin in turns of their own.
      await nextTurn();
    }
    const answers = await Promise.all(writes);
    const versions = answers.map((answer) => planOf(answer)?.etag);
    expect(versions.toSorted((left, right) => left! - right!)).toEqual(
      Array.from({ length: 64 }, (_, index) => index + 1),
    );
    expect(bench.committer.position).toBe(size + 64);
  });
});

describe("deleting and bringing back", () => {
  it("hides the current version until it is brought back", async () => {
    const key = freshKey();
    await bench.put(key, "kept");
    expect(outcomeOf(await bench.call("secret.delete", at(key)))).toEqual({ key, version: 1, state: "deleted" });
    expect(outcomeOf(await bench.read(key))).toBe("deleted");
    expect(outcomeOf(await bench.call("secret.read-version", at(key, { version: 1 })))).toBe("deleted");
    expect(outcomeOf(await bench.call("secret.delete", at(key)))).toBe("deleted");
    const undelete = () => bench.call("secret.undelete", { ...at(key), body: {} });
    for (const _ of ["brings back", "is live already"]) {
      expect(outcomeOf(await undelete())).toEqual({ key, version: 1, state: "live" });
    }
    expect(outcomeOf(await bench.read(key))).toMatchObject({ value: "kept" });
  });

  it("brings back an older version by number, or the newest that is deleted", async () => {
    const key = freshKey();
    for (const value of [1, 2, 3]) {
      await bench.put(key, value);
      if (value < 3) await bench.call("secret.delete", at(key));
    }
    expect(outcomeOf(await bench.call("secret.undelete", { ...at(key), body: { version: 1 } }))).toMatchObject({
      version: 1,
    });
    expect(outcomeOf(await bench.call("secret.undelete", { ...at(key), body: {} }))).toMatchObject({ version: 2 });
    expect(outcomeOf(await bench.call("secret.read-version", at(key, { version: 1 })))).toMatchObject({ value: 1 });
    expect(outcomeOf(await bench.call("secret.undelete", { ...at(key), body: { version: 9 } }))).toBe("not_found");
    expect(outcomeOf(await bench.read(key))).toMatchObject({ version: 3, value: 3 });
  });

  it("takes a write that is still on its way into account", async () => {
    const key = freshKey();
    const write = bench.put(key, 1);
    await nextTurn();
    const answers = await Promise.all([write, bench.call("secret.delete", at(key))]);
    expect(answers.map((answer) => answer.ok)).toEqual([true, true]);
    expect(outcomeOf(await bench.read(key))).toBe("deleted");
  });

  it("goes on counting after a delete", async () => {
    const key = freshKey();
    await bench.put(key, 1);
    await bench.call("secret.delete", at(key));
    expect(planOf(await bench.put(key, 2))).toMatchObject({ status: 200, etag: 2 });
  });
});

describe("destroying", () => {
  it("ends keys and bytes at once and says what still pends", async () => {
    const key = freshKey();
    const nodeId = nodeIdOf(await bench.put(key, "one"));
    await bench.put(key, "two");
    await bench.read(key);
    const answer = await bench.call("secret.destroy", { ...at(key), body: { versions: [1, 2] } });
    expect(outcomeOf(answer)).toMatchObject({ key, destroyed: [1, 2] });
    expect((outcomeOf(answer) as { pending: string[] }).pending).toHaveLength(2);
    expect(outcomeOf(await bench.read(key))).toBe("destroyed");
    expect(outcomeOf(await bench.call("secret.read-version", at(key, { version: 1 })))).toBe("destroyed");
    expect(outcomeOf(await bench.call("secret.undelete", { ...at(key), body: {} }))).toBe("destroyed");
    const row = bench.storage.row(versionsTable, { tenant: tenantId, node_id: nodeId, version: 1 })!;
    expect(row.row).toMatchObject({ state: "destroyed", sealed: null, dek_id: null });
    expect(
      bench.storage.database.prepare("SELECT count(*) AS n FROM deks WHERE tenant = ?").get(tenantId),
    ).toBeDefined();
  });

  it("may be repeated", async () => {
    const key = freshKey();
    await bench.put(key, 1);
    const destroy = () => bench.call("secret.destroy", { ...at(key), body: { versions: [1] } });
    expect(outcomeOf(await destroy())).toMatchObject({ destroyed: [1] });
    const again = await destroy();
    expect(outcomeOf(again)).toMatchObject({ destroyed: [1] });
    expect(planOf(again)).toMatchObject({ changes: [], writes: [] });
  });

  it("takes the bytes of a large value too", async () => {
    const key = freshKey();
    const value = randomBytes(30_000).toString("base64");
    const nodeId = nodeIdOf(await bench.put(key, value, { encoding: "base64" }));
    const large = () => bench.storage.row(largeValuesTable, { tenant: tenantId, node_id: nodeId, version: 1 });
    expect(large()).toBeDefined();
    expect(outcomeOf(await bench.read(key))).toMatchObject({ value, size: 30_000 });
    expect(outcomeOf(await bench.call("secret.destroy", { ...at(key), body: { all: true } }))).toMatchObject({
      destroyed: [1],
    });
    expect(large()).toBeUndefined();
  });

  it("ends the newest thousand of all and says where to go on", async () => {
    const key = freshKey();
    const nodeId = nodeIdOf(await bench.put(key, 0));
    const { row } = bench.storage.row(versionsTable, { tenant: tenantId, node_id: nodeId, version: 1 })!;
    const older = Array.from({ length: 1001 }, (_, index) => ({
      put: versionsTable,
      row: { ...row, version: index + 2, dek_id: null, sealed: null, state: "deleted" },
      expect: 0,
    }));
    await bench.commit(older);
    const answer = outcomeOf(await bench.call("secret.destroy", { ...at(key), body: { all: true } })) as {
      destroyed: number[];
      pending: string[];
    };
    expect(answer.destroyed).toHaveLength(1000);
    expect(answer.pending[0]).toContain("versions from 2 down");
  });

  it("refuses versions that never were, all or nothing", async () => {
    const key = freshKey();
    await bench.put(key, 1);
    const answer = await bench.call("secret.destroy", { ...at(key), body: { versions: [1, 2] } });
    expect(outcomeOf(answer)).toBe("not_found");
    expect(outcomeOf(await bench.read(key))).toMatchObject({ version: 1 });
  });

  it("wins over a read that was planned at the same time, or comes after it in the ledger", async () => {
    for (const isReadFirst of [true, false]) {
      const key = freshKey();
      await bench.put(key, "gone");
      const destroy = () => bench.call("secret.destroy", { ...at(key), body: { all: true } });
      const race = isReadFirst ? [bench.read(key), destroy()] : [destroy(), bench.read(key)];
      const answers = await Promise.all(race);
      const read = answers[isReadFirst ? 0 : 1]!;
      const destroyed = answers[isReadFirst ? 1 : 0]!;
      expect(destroyed.ok).toBe(true);
      expect(read.ok ? read.seq < destroyed.seq! : read.refusal.code === "destroyed").toBe(true);
    }
  });
});

describe("history", () => {
  it("shows versions newest first, in pages, without values", async () => {
    const key = freshKey();
    for (const value of [1, 2, 3]) await bench.put(key, value, { note: `number ${value}` });
    const first = outcomeOf(await bench.call("secret.history", { ...at(key), query: { limit: 2 } }));
    expect(first).toMatchObject({ key, items: [{ version: 3, note: "number 3" }, { version: 2 }], next: 2 });
    const rest = outcomeOf(await bench.call("secret.history", { ...at(key), query: { before: 2 } }));
    expect(rest).toMatchObject({ items: [{ version: 1 }] });
    expect(rest).not.toHaveProperty("next");
    expect(JSON.stringify(first)).not.toContain("value");
  });
});

describe("the two kinds", () => {
  it("do not see each other's keys", async () => {
    const key = freshKey();
    await bench.put(key, 1);
    for (const verb of ["read", "delete", "history"])
      expect(outcomeOf(await bench.call(`config.${verb}`, at(key)))).toBe("not_found");
    for (const verb of ["undelete", "destroy"]) {
      const body = verb === "destroy" ? { all: true } : {};
      expect(outcomeOf(await bench.call(`config.${verb}`, { ...at(key), body }))).toBe("not_found");
    }
  });

  it("cannot share a path, and who may not list the other is not told which it is", async () => {
    const key = freshKey();
    await bench.put(key, 1);
    const write = () => bench.call("config.put", { ...at(key), body: { value: 1 } });
    expect(await write()).toMatchObject({
      refusal: { code: "conflict", message: "This path holds a secret; it cannot hold a config." },
    });
    bench.denied.add(`secret:${key}:list`);
    expect(await write()).toMatchObject({
      refusal: { code: "conflict", message: "This path is taken; it cannot hold a config." },
    });
  });

  it("cannot take a folder of the standing tree", async () => {
    const answer = await bench.put("system/kernel", 1);
    expect(answer).toMatchObject({
      refusal: { code: "conflict", details: { hint: expect.stringContaining("system/kernel/name") as string } },
    });
    expect(outcomeOf(await bench.read("system/kernel"))).toBe("not_found");
  });

  it("may stand at a path that others stand below", async () => {
    const key = freshKey();
    await bench.put(key, "parent");
    await bench.put(`${key}/below`, "child");
    expect(outcomeOf(await bench.read(key))).toMatchObject({ value: "parent" });
    expect(outcomeOf(await bench.read(`${key}/below`))).toMatchObject({ value: "child" });
  });
});

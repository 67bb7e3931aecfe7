import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createClient } from "../client.ts";
import type { ClientOptions } from "../options.ts";
import { answer, failing, onSocket, refuse } from "../server.fixture.ts";
import { fileHeads } from "./file-heads.ts";
import { memoryHeads } from "./head-store.ts";
import { type TestLog, testLog } from "./log.fixture.ts";

/** A server that shows the first `size` entries of a log; both may be changed under way. */
async function showing(log: TestLog, size: number, options: Partial<ClientOptions> = {}) {
  const shown = { log, size, epoch: 0, answer: (honest: object): object => honest, headers: {} };
  const server = await onSocket(({ target }, response) => {
    if (target === "/api/audit/key")
      return answer(response, 200, { origin: log.origin, verifierKey: shown.log.verifierKey });
    const from = Number(new URLSearchParams(target.split("?")[1]).get("from") ?? 0);
    if (from > shown.size) return refuse(response, 404, "not_found");
    const head = shown.log.head(shown.size, shown.epoch);
    const consistency = from > 0 ? shown.log.consistency(from, shown.size) : undefined;
    return answer(response, 200, shown.answer({ head, checkpoint: "", consistency }), shown.headers);
  });
  const client = createClient({ socketPath: server.socketPath, ...options });
  const dispose = async () => {
    client.close();
    await server[Symbol.asyncDispose]();
  };
  return { ...server, client, shown, [Symbol.asyncDispose]: dispose };
}

const log = testLog(40);

describe("confirm", () => {
  test("takes the first head with a good signature, and follows the log as it grows", async () => {
    await using at = await showing(log, 1);
    expect(await at.client.audit.confirm()).toMatchObject({
      isFirst: true,
      verifierKey: log.verifierKey,
      head: { size: 1 },
    });
    for (const size of [2, 3, 3, 8, 21, 40]) {
      at.shown.size = size;
      expect(await at.client.audit.confirm()).toMatchObject({ isFirst: false, head: { size } });
    }
    expect(at.arrived.filter(({ target }) => target === "/api/audit/key")).toHaveLength(1);
  });

  test("takes any log for the continuation of an empty one", async () => {
    await using at = await showing(log, 0);
    await at.client.audit.confirm();
    at.shown.size = 5;
    expect((await at.client.audit.confirm()).head.size).toBe(5);
  });

  test("runs one after the other, however often it is asked at once", async () => {
    await using at = await showing(log, 5);
    const confirmed = await Promise.all([1, 2, 3].map(() => at.client.audit.confirm()));
    expect(confirmed.map(({ isFirst }) => isFirst)).toEqual([true, false, false]);
  });

  test("refuses a ledger that shrank", async () => {
    await using at = await showing(log, 10);
    await at.client.audit.confirm();
    at.shown.size = 9;
    expect((await failing(at.client.audit.confirm())).code).toBe("ledger_rolled_back");
    at.shown.size = 11;
    expect((await at.client.audit.confirm()).head.size).toBe(11);
  });

  test("refuses a ledger without an entry that an answer has named", async () => {
    await using at = await showing(log, 10);
    at.shown.headers = { "holdfast-seq": "10" };
    await at.client.audit.confirm();
    expect((await failing(at.client.audit.confirm())).code).toBe("ledger_rolled_back");
    at.shown.size = 11;
    expect((await at.client.audit.confirm()).head.size).toBe(11);
  });

  test("refuses an epoch that went back", async () => {
    await using at = await showing(log, 10);
    at.shown.epoch = 2;
    await at.client.audit.confirm();
    Object.assign(at.shown, { epoch: 1, size: 11 });
    expect((await failing(at.client.audit.confirm())).code).toBe("ledger_rolled_back");
  });

  test.each<[string, (honest: { head: object; consistency?: string[] }) => object]>([
    ["no proof", ({ head }) => ({ head })],
    ["another proof", ({ head }) => ({ head, consistency: log.consistency(9, 20) })],
    ["a proof that cannot be read", ({ head }) => ({ head, consistency: ["xyz"] })],
  ])("refuses growth with %s", async (_, tamper) => {
    await using at = await showing(log, 10);
    await at.client.audit.confirm();
    at.shown.size = 20;
    at.shown.answer = tamper as (honest: object) => object;
    expect((await failing(at.client.audit.confirm())).code).toBe("ledger_forked");
  });

  test.each([20, 30])("refuses another past, also under a key that is trusted, at size %i", async (size) => {
    const fork = testLog(40, "other");
    const heads = memoryHeads();
    await using at = await showing(fork, size, { heads, verifierKey: fork.verifierKey });
    await heads.save(`unix:${at.socketPath}`, { verifierKey: log.verifierKey, head: log.head(20) });
    expect((await failing(at.client.audit.confirm())).code).toBe("ledger_forked");
    expect((await heads.load(`unix:${at.socketPath}`))?.head).toEqual(log.head(20));
  });

  test.each<[string, (honest: { head: object }) => object]>([
    ["signed by another key", () => ({ head: testLog(10).head(10) })],
    ["with another size than was signed", ({ head }) => ({ head: { ...head, size: 11 } })],
    ["of another log", ({ head }) => ({ head: { ...head, origin: "holdfast/log/other" } })],
    ["with a signature that is none", ({ head }) => ({ head: { ...head, signature: "AA==" } })],
  ])("refuses a head %s", async (_, tamper) => {
    await using at = await showing(log, 10);
    at.shown.answer = tamper as (honest: object) => object;
    expect((await failing(at.client.audit.confirm())).code).toBe("proof_invalid");
  });

  test("refuses a head whose size is not a plain number, which would pass every comparison", async () => {
    await using at = await showing(log, 10);
    at.shown.answer = (honest) => ({ head: { ...(honest as { head: object }).head, size: "10" } });
    expect((await failing(at.client.audit.confirm())).code).toBe("bad_answer");
  });

  test("insists on the given key, also when the server shows another", async () => {
    await using at = await showing(log, 10, { verifierKey: testLog(1).verifierKey });
    expect((await failing(at.client.audit.confirm())).code).toBe("proof_invalid");
    const client = createClient({ socketPath: at.socketPath, verifierKey: "not a key" });
    expect((await failing(client.audit.confirm())).code).toBe("proof_invalid");
    client.close();
  });

  test("passes on what has nothing to do with the ledger", async () => {
    await using server = await onSocket((_, response) => refuse(response, 403, "forbidden"));
    const client = createClient({ socketPath: server.socketPath });
    expect((await failing(client.audit.confirm())).code).toBe("forbidden");
    client.close();
  });
});

describe("a file of remembered heads", () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-heads-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const remembered = (size: number) => ({ verifierKey: log.verifierKey, head: log.head(size) });

  test("lets the next process refuse a rollback", async () => {
    const path = join(folder, "heads.json");
    await using at = await showing(log, 10, { heads: fileHeads(path) });
    await at.client.audit.confirm();
    at.shown.size = 9;
    const later = createClient({ socketPath: at.socketPath, heads: fileHeads(path) });
    expect((await failing(later.audit.confirm())).code).toBe("ledger_rolled_back");
    later.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["heads.json"]);
  });

  test("keeps the largest head of each server, and servers apart", async () => {
    const path = join(folder, "shared.json");
    await fileHeads(path).save("https://a", remembered(10));
    await fileHeads(path).save("https://a", remembered(9));
    await fileHeads(path).save("__proto__", remembered(3));
    const heads = fileHeads(path);
    expect((await heads.load("https://a"))?.head.size).toBe(10);
    expect((await heads.load("__proto__"))?.head.size).toBe(3);
    expect(await heads.load("toString")).toBeUndefined();
  });

  test.each(["", "[]x", "null", '{"https://a":{}}', '{"https://a":{"verifierKey":"k","head":{"size":"1"}}}'])(
    "is not taken for empty when it is damaged: %j",
    async (content) => {
      const path = join(folder, "damaged.json");
      writeFileSync(path, content);
      const error = await failing(fileHeads(path).load("https://a"));
      expect(error.code).toBe("head_store_failed");
      expect(readFileSync(path, "utf8")).toBe(content);
    },
  );

  test("that cannot be read or written is an error", async () => {
    expect((await failing(fileHeads(folder).load("a"))).code).toBe("head_store_failed");
    expect((await failing(fileHeads(join(folder, "no", "heads")).save("a", remembered(1)))).code).toBe(
      "head_store_failed",
    );
  });
});

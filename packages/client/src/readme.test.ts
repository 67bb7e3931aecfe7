import { readFileSync } from "node:fs";
import { compileFunction } from "node:vm";
import { expect, test } from "vitest";
import * as client from "./index.ts";
import { testLog } from "./ledger/log.fixture.ts";
import { answer, onSocket, refuse } from "./server.fixture.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const [, example = ""] = /```ts\n([^]*?)```/.exec(readme) ?? [];

test("the README's example runs and prints what it promises", async () => {
  const log = testLog(3);
  const kept = new Map<string, unknown>();
  await using server = await onSocket(({ method, target, body }, response) => {
    const key = target.replace("/api/secrets/", "");
    if (target === "/api/audit/key") return answer(response, 200, { origin: log.origin, verifierKey: log.verifierKey });
    if (target === "/api/audit/head")
      return answer(response, 200, { head: log.head(3), checkpoint: log.checkpoint(3) });
    if (target.startsWith("/api/secrets?"))
      return answer(response, 200, { items: [...kept.keys()].map((one) => ({ key: one })) });
    if (method === "PUT") kept.set(key, (JSON.parse(body) as { value: unknown }).value);
    if (!kept.has(key)) return refuse(response, 404, "not_found");
    answer(response, method === "PUT" ? 201 : 200, { key, version: 1, value: kept.get(key) });
  });
  const printed: unknown[][] = [];
  const names = {
    ...client,
    socketPath: server.socketPath,
    console: { log: (...line: unknown[]) => printed.push(line) },
  };
  // The example is plain JavaScript but for its import, which is handed in here.
  const body = example.replace(/^import .*\n/m, "");
  const run = compileFunction(`return (async () => {${body}})();`, Object.keys(names)) as (
    ...given: unknown[]
  ) => Promise<void>;
  await run(...Object.values(names));
  expect(printed).toEqual([
    [1, "correct horse"],
    ["applications/shop/config/db-password"],
    ["Check the spelling; list the folder to see what is there."],
    [3, "entries, signed, and continuing what was seen before"],
  ]);
});

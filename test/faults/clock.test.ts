import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { administrator, runningServer, temporaryHome } from "./fixture.ts";

const PRELOAD = fileURLToPath(new URL("shifted-clock.mjs", import.meta.url));
const DAY_MS = 86_400_000;

test("a clock that is set back shifts no entry before another, and is told", async () => {
  const home = temporaryHome();
  const offset = join(home, "clock-offset-ms");
  writeFileSync(offset, "0");
  const env = { NODE_OPTIONS: `--import=${PRELOAD}`, TEST_CLOCK_OFFSET_FILE: offset };
  const dataDir = join(home, "data");
  const server = await runningServer({ dataDir, env });
  const client = administrator(server);
  const honest = Date.now();
  await client.secrets.put("applications/a", { value: "before" });
  writeFileSync(offset, `${-DAY_MS}`);
  for (let count = 0; count < 20; count++) await client.secrets.put("applications/a", { value: count });
  expect(server.output()).toContain("the clock was set back; entries keep the later time");
  expect(await server.stop()).toBe(0);

  const next = administrator(await runningServer({ dataDir, env }));
  await next.secrets.put("applications/a", { value: "after" });
  const { items } = await next.audit.log({ limit: 25, action: "secret.put" });
  const times = items.map(({ time }) => Date.parse(time));
  expect(times).toEqual(times.toSorted((left, right) => right - left));
  expect(Math.min(...times)).toBeGreaterThanOrEqual(honest);
  expect(await next.audit.verify({ state: true })).toMatchObject({ ok: true, state: { ok: true } });
});

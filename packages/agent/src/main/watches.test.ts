import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadSettings } from "./load-settings.ts";
import { watchesOf } from "./watches.ts";

it("are of the rules that come with the agent, too, which tell of changed rules", () => {
  const told = { env: {}, flags: { dataDir: "/data" } };
  const { settings } = loadSettings(told);
  const paths = watchesOf(settings, [], told).flatMap((watch) => (watch.category === "agent_rules" ? watch.paths : []));
  expect(paths).toContain("/data/rules");
  expect(paths.some((path) => existsSync(join(path, "agent.yaml")))).toBe(true);
});

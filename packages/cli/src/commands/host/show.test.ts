import { expect, it } from "vitest";
import { stage } from "../../context.fixture.ts";
import { hostShow } from "./show.ts";

const empty = { sandbox: {}, losses: [], sources: [], catchRates: [], tables: [] };

it("says of a budget when it is exceeded", async () => {
  const budgets = [
    { name: "memory", used: 90 * 1024 * 1024, limit: 100 * 1024 * 1024, unit: "bytes" },
    { name: "processor", used: 1.5, limit: 1, unit: "percent" },
  ];
  const given = { arguments: ["web-1"], options: {} };
  const { context, out } = stage({ answer: () => ({ ...empty, budgets }) }, given, hostShow);
  await hostShow.run(context, given);
  expect(out()).toContain("  memory     90.0 MiB of 100.0 MiB\n");
  expect(out()).toContain("  processor  1.5 % of 1.0 % on average since its start, exceeded\n");
});

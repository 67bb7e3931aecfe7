import { expect, it } from "vitest";
import { stage } from "../../context.fixture.ts";
import { status } from "./status.ts";

const given = { arguments: [], options: {} };
const answer = {
  version: "1.0.0",
  uptimeSeconds: 3,
  tenant: "main",
  actor: "root",
  node: "one",
  ledger: { size: 4, checkpointSize: 4, origin: "holdfast/x" },
  storage: { kind: "postgres", dutyHolder: "two" },
  seal: { kind: "file", sealed: false },
  features: [],
};

async function shown(storage: object): Promise<string> {
  const staged = stage({ answer: () => ({ ...answer, storage }) }, given);
  await status.run(staged.context, given);
  return staged.out();
}

it("names the node that answers and the one on duty, where there may be several", async () => {
  expect(await shown(answer.storage)).toMatch(/^node +one\nduties +two$/m);
  expect(await shown({ kind: "postgres" })).toMatch(/^duties +no node at the moment$/m);
  expect(await shown({ kind: "sqlite" })).not.toMatch(/^node|^duties/m);
});

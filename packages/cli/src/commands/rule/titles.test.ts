import { expect, it } from "vitest";
import type { Command } from "../../command.ts";
import { stage } from "../../context.fixture.ts";
import { exitCodes } from "../../exit-codes.ts";
import { Failure } from "../../failure.ts";
import { silenceList } from "../alert/silence.ts";
import { hostShow } from "../host/show.ts";
import { ruleDisable } from "./switch.ts";

const sigma = "ba592c6d-6888-43c3-b8c6-689b8fe47337";
const silence = { id: "si_x", rule: sigma, expiresAt: "2026-07-01T21:30:00.000Z", note: "build" };
const loss = { stage: "executor", name: sigma, reason: "too_many_findings", lost: 1 };
const host = { sandbox: {}, losses: [loss], sources: [], catchRates: [], budgets: [], tables: [] };
const answers: Readonly<Record<string, unknown>> = {
  "rule.read": { title: "Linux Base64 Encoded Pipe to Shell" },
  "silence.list": { items: [silence, { ...silence, rule: "exec-from-tmp" }] },
  "rule.disable": { rule: sigma, state: "disabled" },
  "host.read": host,
};

async function shown(command: Command, words: readonly string[], more: Readonly<Record<string, string | true>> = {}) {
  const given = { arguments: words, options: more };
  const staged = stage({ answer: (name) => answers[name] }, given, command);
  await command.run(staged.context, given);
  return { out: staged.out(), asked: staged.calls.filter(({ name }) => name === "rule.read").length };
}

it.each([
  [silenceList, [], {}],
  [ruleDisable, [sigma], { note: "loud" }],
  [hostShow, ["vm"], {}],
] as const)("rules of Sigma are shown with their titles, asked for once: $words", async (command, words, options) => {
  const { out, asked } = await shown(command, words, options);
  expect(out).toContain(`${sigma} (Linux Base64 Encoded Pipe to Shell)`);
  expect(asked).toBe(1);
});

it("programs get ids, and nothing is asked for them", async () => {
  expect(await shown(silenceList, [], { json: true })).toMatchObject({ asked: 0 });
});

it("an id stands alone when its rule is gone", async () => {
  const given = { arguments: [], options: {} };
  const answer = (name: string) => {
    if (name === "rule.read") throw new Failure(exitCodes.notFound, "there is no such rule");
    return answers[name];
  };
  const staged = stage({ answer }, given, silenceList);
  await silenceList.run(staged.context, given);
  expect(staged.out()).toContain(`rule ${sigma}  `);
});

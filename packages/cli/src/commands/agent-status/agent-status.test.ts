import catalogue from "@holdfast/contract/catalogue.json" with { type: "json" };
import { describe, expect, it } from "vitest";
import { type Scene, stage } from "../../context.fixture.ts";
import { exitCodes } from "../../exit-codes.ts";
import { Failure } from "../../failure.ts";
import { version } from "../../version.ts";
import { selfCheck } from "../server/self-check.ts";
import { status } from "../server/status.ts";
import { agentChecks } from "./checks-of-agent.ts";

const operations = catalogue.operations as unknown as Record<string, { examples: { output: object }[] }>;
const example = (name: string): object => ({ ...operations[name]?.examples[0]?.output });
const quiet = { "dead-letter.list": { items: [] }, "rule.list": { items: [], problems: [] } };

/** An agent that answers with the examples of the catalogue, but for what is changed. */
const agentWith =
  (changes: Readonly<Record<string, object | Failure>> = {}): NonNullable<Scene["agent"]> =>
  (name) => {
    const changed = changes[name];
    if (changed instanceof Failure) return Promise.reject(changed);
    return Promise.resolve({ ...example(name), ...(name === "status" && { version }), ...changed });
  };

const given = { arguments: [], options: {} };
const denied = new Failure(exitCodes.denied, "Not allowed.");
const server = { answer: () => ({ ...example("status"), version, features: [] }) };

describe("status", () => {
  const shown = async (scene: Scene, options: Readonly<Record<string, true>> = {}) => {
    const all = { ...given, options };
    const staged = stage({ ...server, ...scene }, all);
    await status.run(staged.context, all).catch((error: unknown) => staged.context.output.err(String(error)));
    return staged;
  };

  it("shows the agent beside the server, with what is open", async () => {
    const { out } = await shown({ agent: agentWith() });
    const features = "unavailable  agent checkpoint-copy: no second place is configured\n";
    expect(out()).toMatch(/^server {3}holdfast/);
    expect(out()).toContain(`agent    holdfast ${version}, up 12 s, source connector, sandbox full, 42 entries\n`);
    expect(out()).toContain(`alerts   1 open: holdfast alerts\n${features}`);
  });

  it("says nothing of an agent where there is none, and why one cannot be asked", async () => {
    expect((await shown({})).out()).not.toContain("agent");
    const untrusted = new Failure(exitCodes.untrusted, ".holdfast/agent is not trusted");
    expect((await shown({ agent: agentWith({ status: untrusted }) })).out()).toContain(
      "agent    .holdfast/agent is not trusted\n",
    );
  });

  it("shows what its caller may see", async () => {
    const { out } = await shown({ agent: agentWith({ "host.list": denied, "alert.list": denied }) });
    expect(out()).toContain(`agent    holdfast ${version}, up 12 s, 42 entries\n`);
    expect(out()).not.toContain("alerts");
  });

  it("shows the agent also when the server does not answer, and fails all the same", async () => {
    const answer = () => {
      throw new Failure(exitCodes.unreachable, "no server runs");
    };
    const { out, err } = await shown({ answer, agent: agentWith({ "alert.list": { items: [] } }) });
    expect(out()).toMatch(/^agent {3}holdfast .*\nalerts {2}none open\n/);
    expect(err()).toContain("no server runs");
  });

  it("is the agent's alone with --agent, and one document in JSON", async () => {
    const asked = (name: string) => ({ ...example(name), ...(name === "status" && { version }) });
    const alone = await shown({ answer: asked }, { agent: true });
    expect(alone.out()).not.toContain("server");
    expect(alone.out()).toContain("agent ");
    const both = await shown({ agent: agentWith() }, { json: true });
    expect(JSON.parse(both.out())).toMatchObject({
      version,
      agent: { version, openAlerts: 1, host: { name: "web-1" } },
    });
  });
});

describe("the checks of the agent", () => {
  const states = async (changes: Readonly<Record<string, object | Failure>>) => {
    const findings = await agentChecks(stage({ agent: agentWith({ ...quiet, ...changes }) }).context);
    return Object.fromEntries(findings.map(({ name, state }) => [name, state]));
  };
  const host = example("host.read");
  const secretsIn = (state: string) => ({
    features: [{ name: "credential-store", state, detail: "files, encrypted and bound to this host" }],
  });

  it("are one where there is none", async () => {
    expect(await agentChecks(stage({}).context)).toEqual([
      { name: "agent", state: "unavailable", detail: "no agent found" },
    ]);
    expect(await states({ status: new Failure(exitCodes.untrusted, "planted") })).toEqual({ agent: "wrong" });
    expect(await states({ status: { version: "9.9.9" } })).toEqual({ agent: "wrong" });
  });

  it("find nothing wrong with one that sees, judges and tells", async () => {
    expect(await states({ "host.read": { ...host, losses: [] } })).toEqual({
      agent: "ok",
      "agent sources": "ok",
      "agent sandbox": "ok",
      "agent secrets": "unavailable",
      "agent losses": "ok",
      "agent rules": "ok",
      "agent sinks": "ok",
      "agent dead letters": "ok",
    });
  });

  it.each([
    ["agent sources", "wrong", { "host.read": { ...host, sources: [] } }],
    ["agent sandbox", "wrong", { "host.read": { ...host, sandbox: { level: "none", isDegraded: true, detail: "" } } }],
    ["agent secrets", "ok", { status: secretsIn("available") }],
    ["agent secrets", "degraded", { status: secretsIn("degraded") }],
    ["agent secrets", "unavailable", { status: secretsIn("unavailable") }],
    ["agent losses", "degraded", {}],
    ["agent rules", "wrong", { "rule.list": { items: [], problems: [{ file: "x.yaml", message: "no" }] } }],
    ["agent rules", "wrong", { "rule.list": { items: [{ id: "x", errors: 1 }], problems: [] } }],
    ["agent rules", "unavailable", { "rule.list": denied }],
    ["agent sinks", "wrong", { "sink.list": { items: [{ name: "x", state: "paused" }] } }],
    ["agent sinks", "unavailable", { "sink.list": { items: [] } }],
    ["agent dead letters", "wrong", { "dead-letter.list": { items: [{}] } }],
  ])("say of %s: %s", async (name, state, changes) => {
    expect(await states(changes)).toMatchObject({ [name]: state });
  });

  it("stand in the System Diagnostics", async () => {
    const all = { ...given, options: { verbose: true } } as const;
    const staged = stage({ ...server, agent: agentWith(quiet) }, all);
    await selfCheck.run(staged.context, all);
    expect(staged.out()).toMatch(/^System Diagnostics\nok {2}holdfast: /);
    expect(staged.out()).toContain("ok  agent sandbox: full: ");
  });
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { auditSource } from "./audit.ts";
import { AuditControl } from "./control.ts";
import { keyOfRule } from "./rule.ts";
import { isLeftBehind } from "./rules.ts";

/** The machine may be busy: how long something that comes for certain may take. */
const WAIT_MS = 30_000;

const obstacle = auditSource().obstacle();
const needs = obstacle === undefined ? "" : ` (not here: ${obstacle})`;

/** Starts the source in a process of its own, which says so and goes on. */
const program = `
  const { auditSource } = await import(process.argv[1]);
  const state = await auditSource().start(() => {}, () => {});
  process.send(state.state);
  process.on("message", () => process.exit(0));
`;
const starter = (): ReturnType<typeof spawn> =>
  spawn(process.execPath, ["--input-type=module", "-e", program, new URL("audit.ts", import.meta.url).href], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });

describe.skipIf(obstacle !== undefined)(`rules in the kernel${needs}`, { timeout: 60_000 }, () => {
  let control: AuditControl;
  beforeEach(() => {
    control = new AuditControl();
  });
  afterEach(() => control.close());

  const rulesOf = async (pid: number | undefined): Promise<Buffer[]> => {
    const rules = await control.rules();
    return rules.filter((rule) => keyOfRule(rule)?.startsWith(`holdfast-agent.${pid}.`));
  };

  it("are there while the source is started, and gone when it was stopped", async () => {
    const source = auditSource();
    await source.start(
      () => {},
      () => {},
    );
    expect((await rulesOf(process.pid)).length).toBeGreaterThanOrEqual(4);
    await source.stop();
    expect(await rulesOf(process.pid)).toEqual([]);
  });

  it("go with a process that ends in any way it can notice", async () => {
    const child = starter();
    expect(await once(child, "message")).toEqual(["active", undefined]);
    expect((await rulesOf(child.pid)).length).toBeGreaterThanOrEqual(4);
    child.send("exit");
    await once(child, "exit");
    expect(await rulesOf(child.pid)).toEqual([]);
  });

  it("that a killed agent left behind are removed by the next one", async () => {
    const child = starter();
    await once(child, "message");
    child.kill("SIGKILL");
    await once(child, "exit");
    expect((await rulesOf(child.pid)).length).toBeGreaterThanOrEqual(4);
    const source = auditSource();
    await source.start(
      () => {},
      () => {},
    );
    expect(await rulesOf(child.pid)).toEqual([]);
    await source.stop();
  });

  it("that somebody else removes are put back, and that counts as a loss", async () => {
    const lose = vi.fn();
    const source = auditSource({ checkSeconds: 0.1 });
    await source.start(() => {}, lose);
    const rules = await rulesOf(process.pid);
    await control.remove(rules[0]!);
    await vi.waitFor(() => expect(lose).toHaveBeenCalledWith(1, "rule_removed"), WAIT_MS);
    expect(await rulesOf(process.pid)).toHaveLength(rules.length);
    await source.stop();
  });

  it("of others stay as they are", async () => {
    const others = (await control.rules()).filter((rule) => !keyOfRule(rule)?.startsWith("holdfast-agent."));
    const source = auditSource();
    await source.start(
      () => {},
      () => {},
    );
    await source.stop();
    const after = (await control.rules()).filter((rule) => !keyOfRule(rule)?.startsWith("holdfast-agent."));
    expect(after).toEqual(others);
  });

  it("of a form that the kernel does not know are refused", async () => {
    const unknown = Buffer.alloc(1040, 0xff);
    await expect(control.add(unknown)).resolves.toBe(false);
    await expect(control.remove(unknown)).rejects.toThrow("keeps a rule");
  });
});

describe("keys of rules", () => {
  it("are left behind when their process is gone, or another one has its number", () => {
    const startTicks = (pid: number): string | undefined => (pid === 5 ? "100" : undefined);
    expect(isLeftBehind("holdfast-agent.5.100", startTicks)).toBe(false);
    expect(isLeftBehind("holdfast-agent.5.99", startTicks)).toBe(true);
    expect(isLeftBehind("holdfast-agent.6.100", startTicks)).toBe(true);
  });

  it("of others are none of our business", () => {
    for (const key of [undefined, "", "sshd_config", "holdfast-agent", "holdfast-agent.6.1x", "x.holdfast-agent.6.1"]) {
      expect(isLeftBehind(key, () => undefined)).toBe(false);
    }
  });
});

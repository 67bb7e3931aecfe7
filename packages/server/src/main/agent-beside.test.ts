import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AgentBeside } from "./agent-beside.ts";

const READY = "process.send({ ready: true });";
const GOES_ON = "setInterval(() => {}, 1000);";
const NOTES_START = "require('fs').appendFileSync(process.env.HOLDFAST_AGENT_DATA_DIR + '/starts', 'x');";

let folder: string;
let agent: AgentBeside | undefined;
const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-beside-"));
  vi.clearAllMocks();
});

afterEach(async () => {
  await agent?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function beside(script: string, program: string = process.execPath): AgentBeside {
  agent = new AgentBeside({
    command: { program, words: ["-e", `${NOTES_START}${script}`] },
    dataDir: folder,
    checkpointDir: folder,
    environment: { PATH: process.env["PATH"] },
    log,
    firstDelayMs: 1,
    stopMs: 500,
  });
  agent.start();
  return agent;
}

const starts = (): number => readFileSync(join(folder, "starts"), "utf8").length;

describe("the agent beside a server", () => {
  it("is there once it says so, and ends with the server", async () => {
    const one = beside(`${READY}${GOES_ON}`);
    expect(one.feature()).toMatchObject({ name: "agent", state: "degraded", detail: "it is starting" });
    await vi.waitFor(() => expect(one.feature().state).toBe("available"), 5_000);
    expect(one.feature().detail).toContain(folder);
    await one.stop();
    expect(one.feature().state).toBe("degraded");
    expect(log.warn).not.toHaveBeenCalled();
  });

  it("is started again when it ends by itself, and waits longer each time", async () => {
    beside("process.exit(13);");
    await vi.waitFor(() => expect(starts()).toBeGreaterThanOrEqual(3), 10_000);
    const delays = log.warn.mock.calls.map(([fields]) => (fields as { againInMs: number }).againInMs);
    expect(delays.slice(0, 2)).toEqual([1, 2]);
    expect(log.warn.mock.calls[0]).toMatchObject([{ how: "exit code 13" }, expect.anything()]);
    expect(agent!.feature()).toMatchObject({ state: "degraded" });
  });

  it("that cannot be started at all is told, and tried again", async () => {
    const one = beside("", join(folder, "nothing"));
    await vi.waitFor(() => expect(log.warn.mock.calls.length).toBeGreaterThanOrEqual(2), 5_000);
    expect(one.feature().detail).toContain("ENOENT");
  });

  it("that does not end when it is told to is ended", async () => {
    const one = beside(`process.on("SIGTERM", () => {});${READY}${GOES_ON}`);
    await vi.waitFor(() => expect(one.feature().state).toBe("available"), 5_000);
    await one.stop();
    expect(one.feature().state).toBe("degraded");
  });
});

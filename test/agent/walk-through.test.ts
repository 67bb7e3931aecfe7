import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { startExim, whyNoExim } from "../notify/exim.ts";
import { startReceiver } from "../notify/receiver.ts";
import { Wire } from "../wire.ts";
import { startAgent } from "./start-agent.ts";

interface Alert {
  readonly id: string;
  readonly rule: string;
}

/** Long enough for any machine; how soon it really is, the benchmark tells. */
const PATIENCE = { timeout: 60_000, interval: 100 };

/** A copy of a harmless program in a temporary folder, run from there: what an intruder's first step looks like. */
function suspiciousProgram(): { readonly path: string; readonly sha256: string } {
  const folder = mkdtempSync("/tmp/holdfast-walk-");
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "x");
  copyFileSync("/bin/sleep", path);
  chmodSync(path, 0o755);
  return { path, sha256: createHash("sha256").update(readFileSync(path)).digest("hex") };
}

test.skipIf(process.platform !== "linux")(
  "a program that is run from a temporary folder is an alert at a webhook and in a mailbox, and stands in the agent's ledger",
  async (context) => {
    const missing = whyNoExim();
    if (missing !== undefined) context.skip(missing);
    const folder = mkdtempSync(join(tmpdir(), "holdfast-walk-settings-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const [mail, receiver] = [await startExim(), await startReceiver()];
    const config = join(folder, "settings.yaml");
    const smtp = {
      name: "mail",
      kind: "smtp",
      host: "localhost",
      port: mail.port,
      allowLoopback: true,
      caFile: mail.caFile,
      from: "holdfast@example.org",
      to: ["ops@example.org"],
    };
    writeFileSync(config, JSON.stringify({ agent: { sinks: [receiver.webhook, smtp] } }), { mode: 0o600 });
    const agent = await startAgent({ config });
    onTestFinished(async () => {
      await agent.stop();
      agent.remove();
    });
    const { path, sha256 } = suspiciousProgram();
    const child = spawn(path, ["30"], { stdio: "ignore" });
    onTestFinished(() => void child.kill("SIGKILL"));

    const wire = Wire.socket(agent);
    onTestFinished(() => wire.close());
    const alert = await vi.waitFor(async () => {
      const { items } = (await wire.get("/api/alerts")).output<{ items: readonly Alert[] }>();
      const found = items.find((item) => JSON.stringify(item).includes(path));
      expect(found).toBeDefined();
      return found!;
    }, PATIENCE);
    const whole = (await wire.get(`/api/alerts/${alert.id}`)).text;
    for (const said of [path, sha256, String(child.pid), String(process.pid), alert.rule])
      expect(whole).toContain(said);

    await vi.waitFor(() => expect(receiver.arrivals.map(({ id }) => id)).toContain(alert.id), PATIENCE);
    await vi.waitFor(() => {
      const mails = mail.mails("ops").filter((text) => text.includes(alert.id));
      expect(mails).toHaveLength(1);
      expect(mails[0]).toContain(path);
    }, PATIENCE);

    const log = (await wire.get("/api/audit/entries?action=alert.raise")).text;
    expect(log).toContain(alert.id);
    const verified = (await wire.post("/api/audit:verify", {})).output<{ ok: boolean }>();
    expect(verified.ok).toBe(true);
  },
  180_000,
);

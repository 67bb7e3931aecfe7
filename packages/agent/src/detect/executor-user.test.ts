import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { SandboxReport } from "../sandbox/index.ts";

const SETPRIV = "/usr/bin/setpriv";
const USER = "12345";

/** As the unit file has it: a user of its own, with capabilities to look at others' processes. */
const asService = ["--reuid", USER, "--regid", USER, "--clear-groups"];
const looking = ["--inh-caps=+sys_ptrace,+dac_read_search", "--ambient-caps=+sys_ptrace,+dac_read_search"];

const agent = `
  const { Executor } = await import(process.argv[1]);
  const { eventFile } = await import(process.argv[2]);
  const { ruleTables } = await import(process.argv[3]);
  const cleaning = [];
  const { path } = eventFile((clean) => cleaning.push(clean));
  for (const namespacePrograms of [["bwrap"], ["unshare"], []]) {
    const executor = new Executor({ databasePath: path, tables: ruleTables, namespacePrograms });
    console.log(JSON.stringify(await executor.start()));
    await executor.close();
  }
  for (const clean of cleaning) clean();
`;

function whyNot(): string | undefined {
  if (process.getuid?.() !== 0) return "needs root, to become a user who is not";
  if (!existsSync(SETPRIV)) return `${SETPRIV} is not installed`;
  try {
    execFileSync(SETPRIV, [
      ...asService,
      process.execPath,
      "--check",
      new URL("executor-child.ts", import.meta.url).pathname,
    ]);
    return undefined;
  } catch {
    return "this source tree cannot be read by another user";
  }
}

describe("an agent that is not root, and has capabilities", () => {
  it("gives none of them to its executor, whatever starts it", ({ skip }) => {
    const reason = whyNot();
    if (reason !== undefined) return skip(reason);
    const folder = mkdtempSync(join(tmpdir(), "holdfast-user-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    chmodSync(folder, 0o777);
    const modules = ["executor.ts", "events.fixture.ts"].map((name) => new URL(name, import.meta.url).href);
    const node = [
      process.execPath,
      "--input-type=module",
      "-e",
      agent,
      ...modules,
      import.meta.resolve("@holdfast/rules"),
    ];
    const output = execFileSync(SETPRIV, [...asService, ...looking, ...node], {
      encoding: "utf8",
      env: { TMPDIR: folder },
    });
    const reports = output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as SandboxReport);
    expect(reports).toHaveLength(3);
    for (const { features } of reports) {
      const states = Object.fromEntries(features.map(({ name, state }) => [name, state]));
      expect(states).toMatchObject({
        capabilities: "on",
        own_user: "unavailable",
        no_new_privileges: "on",
        memory: "on",
      });
    }
  });
});

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, describe, it, onTestFinished } from "vitest";
import { keepCapabilitiesFromChildren } from "./keep-capabilities.ts";

const isLinux = process.platform === "linux";

/** Why a process cannot be started here as a unit starts it. */
const problem = !isLinux
  ? "needs Linux"
  : process.geteuid?.() !== 0
    ? "needs root"
    : spawnSync("setpriv", ["--version"]).status !== 0
      ? "needs setpriv"
      : spawnSync("setpriv", ["--reuid=4711", "--clear-groups", process.execPath, "--version"]).status !== 0
        ? "needs a checkout that other users can read"
        : undefined;

/** Prints what a child holds, before and after; and what the process says of itself. */
const program = `
import { spawnSync } from "node:child_process";
import { keepCapabilitiesFromChildren } from ${JSON.stringify(new URL("keep-capabilities.ts", import.meta.url).href)};
const child = () => /CapEff:\\s*(\\w+)/.exec(spawnSync("cat", ["/proc/self/status"]).stdout.toString())[1];
const before = child();
const feature = keepCapabilitiesFromChildren();
console.log(JSON.stringify({ before, after: child(), feature }));
`;

describe("capabilities that a unit gives", () => {
  it.skipIf(problem !== undefined)(
    `are kept by the process, and no child inherits them (${problem ?? "as another user"})`,
    () => {
      const capabilities = "+sys_ptrace,+net_admin";
      const sets = ["--inh-caps", "--ambient-caps", "--bounding-set"].map((set) => `${set}=-all,${capabilities}`);
      const user = ["--reuid=4711", "--regid=4711", "--clear-groups", "--no-new-privs"];
      const args = [...user, ...sets, "--", process.execPath, "--input-type=module", "--eval", program];
      const { stdout, stderr } = spawnSync("setpriv", args, { cwd: "/", encoding: "utf8" });
      expect(JSON.parse(stdout || JSON.stringify(stderr))).toEqual({
        before: "0000000000081000",
        after: "0000000000000000",
        feature: {
          name: "capabilities",
          state: "available",
          detail: "CAP_NET_ADMIN, CAP_SYS_PTRACE; children get none of them",
        },
      });
    },
  );

  it.skipIf(!isLinux)("are told by name, or plainly as root's (needs Linux)", () => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-status-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const told = (mask: string, uid: number) => {
      writeFileSync(join(folder, "status"), `Name:\tnode\nCapEff:\t${mask}\n`);
      const { state, detail } = keepCapabilitiesFromChildren(join(folder, "status"), uid);
      return `${state}: ${detail}`;
    };
    expect(told("0000000000000000", 990)).toBe("available: none");
    expect(told("0000008000080005", 990)).toBe(
      "available: number 0, CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE, CAP_BPF; children get none of them",
    );
    expect(told("000001ffffffffff", 0)).toBe("degraded: root's: all there are; a user with a few of them is enough");
  });
});

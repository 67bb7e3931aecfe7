import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import type { SandboxFeature } from "./report.ts";

/** A program that starts another one in namespaces of its own. */
export interface Wrapper {
  readonly command: string;
  readonly args: readonly string[];
}

export interface Namespaces {
  readonly feature: SandboxFeature;
  /** Undefined: the program is started without one. */
  readonly wrapper: Wrapper | undefined;
}

/** Where systems keep them. PATH is not asked: whoever can set it would choose the program. */
const FOLDERS = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"];
/** Those that may be used unless configuration says otherwise, the first that works. */
const namespacePrograms: readonly string[] = ["bwrap", "unshare"];
const PROBE_TIMEOUT_MS = 5_000;

/**
 * Finds out what starts a program here without network and with its own view of processes: bubblewrap where it is
 * installed, unshare of util-linux elsewhere. Each is tried, because a kernel or a container may forbid it.
 */
export async function findNamespaces(programs: readonly string[] = namespacePrograms): Promise<Namespaces> {
  if (process.platform !== "linux") return none("unavailable", `${process.platform} has no namespaces`);
  const isRoot = process.getuid?.() === 0;
  const refusals: string[] = [];
  for (const { name, args, gives } of candidates(isRoot).filter(({ name }) => programs.includes(name))) {
    const command = findCommand(name);
    if (command === undefined) {
      refusals.push(`${name}: not installed`);
      continue;
    }
    const wrapper = isRoot ? { command, args } : withoutCapabilities({ command, args });
    const refusal = await tryOut(wrapper);
    if (refusal === undefined) {
      const feature: SandboxFeature = { name: "namespaces", state: "on", detail: `${name}: ${gives}` };
      return { feature, wrapper };
    }
    refusals.push(`${name}: ${refusal}`);
  }
  return none("unavailable", refusals.join("; ") || "switched off");
}

const none = (state: "unavailable" | "failed", detail: string): Namespaces => ({
  feature: { name: "namespaces", state, detail },
  wrapper: undefined,
});

interface Candidate {
  readonly name: string;
  readonly args: readonly string[];
  readonly gives: string;
}

/**
 * Root keeps its user namespace, so that it can become another user in it. For others a new one is what allows the rest.
 * `unshare` becomes the program itself, and has no process namespace to give without staying as its parent.
 */
function candidates(isRoot: boolean): readonly Candidate[] {
  const user = isRoot ? [] : ["--unshare-user"];
  const spaces = ["--unshare-net", "--unshare-pid", "--unshare-ipc", "--unshare-uts"];
  const files = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"];
  return [
    {
      name: "bwrap",
      args: [...user, ...spaces, "--die-with-parent", ...files, "--"],
      gives: "network, processes, IPC, host name, read-only files",
    },
    {
      name: "unshare",
      args: [...(isRoot ? [] : ["--user", "--map-current-user"]), "--net", "--ipc", "--uts", "--"],
      gives: "network, IPC, host name",
    },
  ];
}

/** bubblewrap refuses to start with capabilities that a service manager gave to the agent's own user. */
function withoutCapabilities({ command, args }: Wrapper): Wrapper {
  const setpriv = findCommand("setpriv");
  if (setpriv === undefined) return { command, args };
  return { command: setpriv, args: ["--ambient-caps=-all", "--inh-caps=-all", "--", command, ...args] };
}

function findCommand(name: string): string | undefined {
  return FOLDERS.map((folder) => `${folder}/${name}`).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Undefined when it works, else what it said. */
function tryOut({ command, args }: Wrapper): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const options = { timeout: PROBE_TIMEOUT_MS, env: {}, cwd: "/" };
  execFile(command, [...args, "/bin/true"], options, (error, _stdout, stderr) => {
    if (error === null) resolve(undefined);
    else resolve(stderr.trim().split("\n")[0]?.slice(0, 200) || error.message.slice(0, 200));
  });
  return promise;
}

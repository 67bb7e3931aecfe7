import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Look, LookRequest } from "./look.ts";
import { LeftOut } from "./measured.ts";
import { endedChildrenSeconds } from "./processor-time.ts";
import type { Subject } from "./subject.ts";

const patienceMs = 120_000;
const everything = ["exe", "schedstat", "io", "cmdline", "exe", "cwd", "root", "status", "cgroup"] as const;
/**
 * What the agent reads of a process, in a round of looks: when it is new; when all of it is read again, which a process that
 * has not run since is asked for in one of five looks; in the others what others change of it.
 */
const filesOf = {
  first: [["cmdline", "exe", "cwd", "root", "status", "loginuid", "cgroup"]],
  full: [everything, ...Array.from({ length: 4 }, () => ["exe", "schedstat", "cgroup"])],
} as const;

/** Something that looks at all processes of the host. */
export interface Contender {
  readonly name: string;
  /** Looks so many times. */
  look(times: number): Look | Promise<Look>;
}

/** The agent's own code, in its process; `mostTimes` where one look is many, or takes long. */
export function ownContender(
  name: string,
  kind: LookRequest["kind"],
  subject: Subject<LookRequest, Look>,
  mostTimes = Number.POSITIVE_INFINITY,
): Contender {
  return { name, look: (times) => subject.ask({ kind, times: Math.min(times, mostTimes) }) };
}

/** A C program that reads the same files; throws LeftOut where it cannot be compiled. */
export function cContender(name: string, program: string, kind: keyof typeof filesOf): Contender {
  const round = filesOf[kind];
  return {
    name,
    look(times) {
      const looks = round.map((files) => printedLook(program, ["/proc", String(times), ...files]));
      const milliseconds = looks.reduce((sum, look) => sum + look.milliseconds, 0) / looks.length;
      return { milliseconds, processes: looks.at(-1)!.processes };
    },
  };
}

/** Compiles the C program by CC, or cc; throws LeftOut where that is not there. */
export function compileScan(folder: string): string {
  const program = join(folder, "scan");
  const source = fileURLToPath(new URL("scan.c", import.meta.url));
  const compiler = process.env["CC"] ?? "cc";
  const { status, error, stderr } = spawnSync(compiler, ["-O2", "-o", program, source], { timeout: patienceMs });
  if (error !== undefined) throw new LeftOut(`the C program (there is no ${compiler})`);
  if (status !== 0) throw new LeftOut(`the C program (${compiler} refused it: ${stderr.toString().slice(0, 200)})`);
  return program;
}

/** `ps` from start to end, as anybody would call it; throws LeftOut where there is none. */
export function psContender(): Contender {
  const words = ["-eo", "pid,ppid,user,args"];
  const list = (stdout: "pipe" | "ignore") =>
    spawnSync("ps", words, { stdio: ["ignore", stdout, "ignore"], timeout: patienceMs });
  if (list("ignore").status !== 0) throw new LeftOut("ps (it is not there)");
  return {
    name: "`ps`",
    look(times) {
      const before = endedChildrenSeconds();
      for (let done = 0; done < times; done++) list("ignore");
      const milliseconds = ((endedChildrenSeconds() - before) * 1_000) / times;
      return { milliseconds, processes: list("pipe").stdout.toString().trimEnd().split("\n").length - 1 };
    },
  };
}

/** psutil in a Python that has started and looked once; throws LeftOut where Python has none. */
export function psutilContender(): Contender {
  const python = ["python3", "/usr/bin/python3"].find((path) => spawnSync(path, ["-c", "import psutil"]).status === 0);
  if (python === undefined) throw new LeftOut("psutil (python3 cannot import it)");
  const script = fileURLToPath(new URL("scan_psutil.py", import.meta.url));
  return { name: "psutil", look: (times) => printedLook(python, [script, String(times)]) };
}

function printedLook(program: string, words: readonly string[]): Look {
  const { status, stdout, stderr } = spawnSync(program, words, { timeout: patienceMs });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr?.toString().slice(0, 500)}`);
  const [microseconds, processes] = stdout.toString().split(" ").map(Number) as [number, number];
  return { milliseconds: microseconds / 1_000, processes };
}

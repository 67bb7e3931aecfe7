import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** What a test says of a process; everything else is that of a shell of the user alice. */
export interface FakeProcess {
  readonly pid: number;
  readonly parent?: number;
  readonly name?: string;
  readonly state?: string;
  readonly startTicks?: number;
  readonly stackStart?: number;
  readonly threads?: number;
  readonly flags?: number;
  readonly exitStatus?: number;
  readonly userTicks?: number;
  readonly args?: readonly string[];
  readonly exe?: string;
  readonly uid?: number;
  readonly cwd?: string;
}

/** A line of /proc/<pid>/stat (proc_pid_stat(5)). */
export function statLineOf(process: FakeProcess): string {
  const { pid, parent = 1, name = "sh", state = "S", startTicks = 100, stackStart = 140_000, threads = 1 } = process;
  const fields = Array.from({ length: 53 }, () => "0");
  const set = (field: number, value: number | string): void => void (fields[field] = String(value));
  set(4, parent);
  set(5, pid);
  set(9, process.flags ?? 0);
  set(14, process.userTicks ?? 7);
  set(15, 3);
  set(19, -5);
  set(20, threads);
  set(22, startTicks);
  set(23, 8_192);
  set(24, 2);
  set(25, "18446744073709551615");
  set(28, stackStart);
  set(52, process.exitStatus ?? 0);
  return `${pid} (${name}) ${state} ${fields.slice(4).join(" ")}\n`;
}

/** A proc file system of files in a folder, with an /etc/passwd beside it. */
export class FakeProc {
  readonly host: string = mkdtempSync(join(tmpdir(), "holdfast-proc-"));
  readonly root: string = join(this.host, "proc");

  constructor() {
    onTestFinished(() => rmSync(this.host, { recursive: true, force: true }));
    mkdirSync(join(this.root, "sys/kernel/random"), { recursive: true });
    mkdirSync(join(this.host, "etc"));
    writeFileSync(join(this.root, "sys/kernel/random/boot_id"), "0b0ac1fc-0000-4000-8000-000000000001\n");
    writeFileSync(join(this.root, "uptime"), "1000.00 2000.00\n");
    writeFileSync(
      join(this.host, "etc/passwd"),
      "root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000:A:/home/alice:/bin/sh\n",
    );
    mkdirSync(join(this.root, "self"));
  }

  /** Makes or changes a process. */
  put(process: FakeProcess): void {
    const { pid, args = ["sh", "-c", "x"], exe = "/bin/sh", uid = 1000, cwd = "/home/alice", name = "sh" } = process;
    const folder = join(this.root, String(pid));
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    const write = (file: string, text: string): void => writeFileSync(join(folder, file), text);
    write("stat", statLineOf(process));
    write("status", `Name:\t${name}\nUmask:\t0022\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\nGid:\t100\t101\t102\t103\n`);
    write("cmdline", args.map((argument) => `${argument}\0`).join(""));
    write("cgroup", "0::/user.slice\n");
    write("loginuid", "1000");
    write("io", "rchar: 1\nread_bytes: 4096\nwrite_bytes: 8192\n");
    if (exe !== "") symlinkSync(exe, join(folder, "exe"));
    symlinkSync(cwd, join(folder, "cwd"));
    symlinkSync("/", join(folder, "root"));
  }

  /** Leaves of a process what the kernel leaves of one that waits for its parent. */
  makeZombie(process: FakeProcess): void {
    this.put({ ...process, state: "Z", args: [], exe: "" });
  }

  remove(pid: number): void {
    rmSync(join(this.root, String(pid)), { recursive: true });
  }
}

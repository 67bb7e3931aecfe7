import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { ruleTables } from "@holdfast/rules";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Row, RowChange } from "../../events/index.ts";
import { parseAuthorizedKeys } from "./authorized-keys.ts";
import { parseCrontab } from "./crontab.ts";
import { hostRoot } from "./host-root.fixture.ts";
import { hostCollectors } from "./index.ts";
import { parseModules } from "./kernel-modules.ts";
import { parseMountinfo } from "./mounts.ts";
import { Accounts, parsePasswd } from "./passwd.ts";
import { parseUnit } from "./systemd-timers.ts";

const all = { enabled: true };
const settings = {
  listeningPorts: all,
  processOpenSockets: all,
  users: all,
  kernelModules: all,
  mounts: all,
  crontab: all,
  systemdTimers: all,
  authorizedKeys: all,
};
const PASSWD = "root:x:0:0:root:/root:/bin/bash\n# note\nann:x:1000:1000:Ann:/home/ann:/bin/sh\nbroken:x:y\n";

function collectorsOf(root: string) {
  return hostCollectors({ root, accounts: new Accounts(root), settings, lose: () => undefined });
}

async function rowsOf(root: string, table: string): Promise<readonly Row[]> {
  const changes: RowChange[] = [];
  for (const collector of collectorsOf(root)) {
    if (collector.name === table) changes.push(...(await collector.collect(AbortSignal.timeout(10_000))));
  }
  return changes.flatMap((change) => ("snapshot" in change ? change.snapshot : []));
}

describe("what is there", () => {
  it("is told in the columns of its table, each collector for tables that exist", async () => {
    const names = new Set(ruleTables.map(({ name }) => name));
    for (const collector of collectorsOf("/")) {
      for (const change of await collector.collect(AbortSignal.timeout(20_000))) {
        expect(names).toContain(change.table);
        const table = ruleTables.find(({ name }) => name === change.table);
        const known = new Set(table?.columns.map(({ name }) => name));
        const rows = "snapshot" in change ? change.snapshot : [];
        for (const column of rows.flatMap((row) => Object.keys(row))) expect(known).toContain(column);
        const own = table?.columns.filter(({ name }) => !["first_seen", "last_seen", "seq"].includes(name)) ?? [];
        for (const row of rows) expect(Object.keys(row).toSorted()).toEqual(own.map(({ name }) => name).toSorted());
      }
    }
  });

  it("is one row for one identity, so that a snapshot does not overwrite itself", async () => {
    for (const collector of collectorsOf("/")) {
      for (const change of await collector.collect(AbortSignal.timeout(20_000))) {
        const identity = ruleTables.find(({ name }) => name === change.table)?.identity ?? [];
        const keys = ("snapshot" in change ? change.snapshot : []).map((row) =>
          JSON.stringify(identity.map((name) => row[name])),
        );
        expect([change.table, new Set(keys).size]).toEqual([change.table, keys.length]);
      }
    }
  });
});

describe("accounts", () => {
  it("are those of /etc/passwd, without comments and lines that are none", async () => {
    const root = hostRoot({ "etc/passwd": PASSWD });
    expect((await rowsOf(root, "users")).map(({ username }) => username)).toEqual(["root", "ann"]);
    expect(parsePasswd("a:x:1:2:c:/d:/s")).toEqual([
      { username: "a", uid: 1, gid: 2, description: "c", directory: "/d", shell: "/s" },
    ]);
  });
});

describe("kernel modules", () => {
  it("are the lines of /proc/modules", () => {
    expect(parseModules("nf_tables 311296 2 nft_compat,nft_ct, Live 0x0000000000000000\nx y\n")).toEqual([
      { name: "nf_tables", size: 311_296, used_by: "nft_compat,nft_ct", status: "Live", address: "0x0000000000000000" },
    ]);
  });
});

describe("mounts", () => {
  it("keep blanks in names, whatever optional fields stand between", () => {
    const line = "36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 propagate_from:2 - ext3 /dev/root rw,errors=continue";
    expect(parseMountinfo(line)).toEqual([
      { device: "/dev/root", path: "/mnt 2", type: "ext3", flags: "rw,noatime,errors=continue" },
    ]);
  });
});

describe("scheduled jobs", () => {
  it("have a time or a name, a user in the system's tables and the file's own in the spool", () => {
    const text = "SHELL=/bin/sh\n# x\n*/5 1 * * 1-5 root  /usr/bin/job --token=abcdefgh  -v\n@reboot ann /x y\n";
    const jobs = parseCrontab(text, "/etc/crontab", undefined);
    expect(jobs.map(({ event, minute, username }) => [event, minute, username])).toEqual([
      ["", "*/5", "root"],
      ["@reboot", "", "ann"],
    ]);
    expect(jobs[0]?.["command"]).not.toContain("abcdefgh");
    expect(parseCrontab("1 2 3 4 5 /bin/run it", "/s", "ann")).toEqual([
      {
        event: "",
        minute: "1",
        hour: "2",
        day_of_month: "3",
        month: "4",
        day_of_week: "5",
        username: "ann",
        command: "/bin/run it",
        path: "/s",
      },
    ]);
  });

  it("are found in every place where cron looks", async () => {
    const root = hostRoot({
      "etc/crontab": "1 * * * * root /a\n",
      "etc/cron.d/b": "2 * * * * root /b\n",
      "var/spool/cron/crontabs/ann": "3 * * * * /c\n",
      "etc/cron.daily/logrotate": "#!/bin/sh\n",
    });
    expect((await rowsOf(root, "crontab")).map(({ command, username }) => [command, username])).toEqual([
      ["/a", "root"],
      ["/b", "root"],
      ["/c", "ann"],
      ["/etc/cron.daily/logrotate", "root"],
    ]);
  });
});

describe("timers", () => {
  it("say when they elapse, and what the unit would run that they start", async () => {
    const root = hostRoot({
      "etc/systemd/system/x.timer": "[Unit]\nDescription=x\n[Timer]\nOnCalendar=daily\nOnBootSec=5min\n",
      "usr/lib/systemd/system/x.service": "[Service]\nExecStart=/bin/old\nExecStart=\nExecStart=/bin/new \\\n  -v\n",
    });
    expect(await rowsOf(root, "systemd_timers")).toEqual([
      {
        name: "x.timer",
        path: "/etc/systemd/system/x.timer",
        schedule: "OnCalendar=daily OnBootSec=5min",
        unit: "x.service",
        command: "/bin/new    -v",
      },
    ]);
  });

  it("take nothing from what is no unit", () => {
    fc.assert(fc.property(fc.string(), (text) => void parseUnit(text)));
  });
});

describe("keys that may log in", () => {
  const key = "AAAAC3NzaC1lZDI1NTE5AAAAIBVv";

  it("keep options with blanks apart from the key", () => {
    expect(
      parseAuthorizedKeys(`command="echo \\"hi there\\"",no-pty ssh-ed25519 ${key} ann@host\n# ssh-rsa AAAA\n`),
    ).toEqual([
      { algorithm: "ssh-ed25519", key, comment: "ann@host", options: 'command="echo \\"hi there\\"",no-pty' },
    ]);
  });

  it("are read from every account's home, and a link is told instead of followed", async () => {
    const root = hostRoot({ "etc/passwd": PASSWD, "root/.ssh/authorized_keys": `ssh-ed25519 ${key} me\n` });
    mkdirSync(join(root, "home/ann/.ssh"), { recursive: true });
    symlinkSync("/etc/shadow", join(root, "home/ann/.ssh/authorized_keys"));
    expect((await rowsOf(root, "authorized_keys")).map(({ username, comment }) => [username, comment])).toEqual([
      ["root", "me"],
      ["ann", "a symbolic link, not followed"],
    ]);
  });
});

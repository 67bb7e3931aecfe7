import { auditTypes } from "./record.ts";

const { syscall, execve, cwd, endOfEvent } = auditTypes;
const who = "auid=4294967295 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=(none) ses=4294967295";

/** Records of one event, as Linux 6.18 (x86-64) sent them; kinds 1321, 1302 and 1327 are not read. */
export const execRecords: readonly (readonly [type: number, text: string])[] = [
  [
    syscall,
    `audit(1795951689.078:7): arch=c000003e syscall=59 success=yes exit=0 a0=55791348bb40 a1=55791348bbc0 a2=55791348be08 a3=8 items=2 ppid=8907 pid=8909 ${who} comm="echo" exe="/usr/bin/echo" key="holdfast-agent.1.2"`,
  ],
  [1321, "audit(1795951689.078:7): fver=0 fp=0 fi=0 fe=0 old_pp=000001fffeffffff"],
  [execve, 'audit(1795951689.078:7): argc=5 a0="/bin/echo" a1=612062 a2="q" a3="x" a4="z"'],
  [cwd, 'audit(1795951689.078:7): cwd="/work"'],
  [1302, 'audit(1795951689.078:7): item=0 name="/bin/echo" inode=247141 dev=fe:00 mode=0100755'],
  [1327, "audit(1795951689.078:7): proctitle=2F62696E2F6563686F0061206200710078007A"],
  [endOfEvent, "audit(1795951689.078:7): "],
];

export const forkRecords: readonly (readonly [type: number, text: string])[] = [
  [
    syscall,
    `audit(1795951689.078:5): arch=c000003e syscall=56 success=yes exit=8908 a0=1200011 a1=0 a2=0 a3=7f9c69f6aa10 items=0 ppid=8855 pid=8907 ${who} comm="sh" exe="/usr/bin/dash" key="holdfast-agent.1.2"`,
  ],
  [endOfEvent, "audit(1795951689.078:5): "],
];

export const exitRecords: readonly (readonly [type: number, text: string])[] = [
  [
    syscall,
    `audit(1795951689.082:10): arch=c000003e syscall=231 a0=7 a1=e7 a2=3c a3=7f9c6a0eaac0 items=0 ppid=8855 pid=8907 ${who} comm="sh" exe="/usr/bin/dash" key="holdfast-agent.1.2"`,
  ],
  [endOfEvent, "audit(1795951689.082:10): "],
];

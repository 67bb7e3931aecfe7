/** Files of one category that are watched. */
export interface FileWatch {
  /** Name of the watch in rows and alerts. */
  readonly category: string;
  /** Paths, and patterns with `*`, `?` and `**`; a folder stands for everything in it. */
  readonly paths: readonly string[];
  readonly excludes?: readonly string[];
  /** False: the file changes all the while, and only that another one takes its place is of interest. */
  readonly watchesContent?: boolean;
}

/** What is watched on every host: accounts, rights, logins, the loader, and what starts by itself. */
export const defaultWatches: readonly FileWatch[] = [
  {
    category: "accounts",
    paths: ["/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow", "/etc/pam.d/*", "/etc/security/*"],
  },
  { category: "sudo", paths: ["/etc/sudoers*", "/etc/sudoers.d/*", "/etc/polkit-1/rules.d/*", "/etc/doas.conf"] },
  {
    category: "ssh",
    paths: ["/etc/ssh/*", "/etc/ssh/sshd_config.d/*", "/root/.ssh/*", "/home/*/.ssh/*"],
    excludes: ["/root/.ssh/known_hosts*", "/home/*/.ssh/known_hosts*"],
  },
  {
    category: "loader",
    paths: ["/etc/ld.so.preload", "/etc/ld.so.conf", "/etc/ld.so.conf.d/*", "/etc/modules*", "/etc/modprobe.d/*"],
  },
  {
    category: "persistence",
    paths: [
      ...["/etc/crontab", "/etc/cron.d/*", "/etc/cron.hourly/*", "/etc/cron.daily/*", "/etc/cron.weekly/*"],
      ...["/etc/cron.monthly/*", "/var/spool/cron/**", "/etc/anacrontab", "/etc/at.allow", "/etc/at.deny"],
      ...["/etc/systemd/system/**", "/etc/systemd/user/**", "/usr/lib/systemd/system/*", "/lib/systemd/system/*"],
      ...["/etc/init.d/*", "/etc/rc.local", "/etc/udev/rules.d/*", "/etc/xdg/autostart/*"],
    ],
  },
  {
    category: "shell",
    paths: [
      ...["/etc/profile", "/etc/profile.d/*", "/etc/bash.bashrc", "/etc/bashrc", "/etc/environment", "/etc/zsh/*"],
      ...["/root/.bashrc", "/root/.profile", "/root/.bash_profile", "/root/.zshrc"],
    ],
  },
  {
    category: "network",
    paths: ["/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/hosts.allow", "/etc/hosts.deny"],
  },
];

/** What an agent is made of, as its settings name it. */
export interface AgentFiles {
  readonly programs: readonly string[];
  readonly configuration: readonly string[];
  readonly rules: readonly string[];
  readonly stores: readonly string[];
}

const AGENT = "agent";

/** The agent's own files; its stores change by themselves, and are watched for being replaced. */
export function agentWatches({ programs, configuration, rules, stores }: AgentFiles): readonly FileWatch[] {
  return [
    { category: AGENT, paths: stores, watchesContent: false },
    { category: AGENT, paths: [...programs, ...configuration, ...rules] },
  ];
}

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

const watch = (category: string, paths: string, excludes = ""): FileWatch => ({
  category,
  paths: wordsIn(paths),
  excludes: wordsIn(excludes),
});

/** What is watched on every host: accounts, rights, logins, the loader, and what starts by itself. */
export const defaultWatches: readonly FileWatch[] = [
  watch("accounts", "/etc/passwd /etc/shadow /etc/group /etc/gshadow /etc/pam.d/* /etc/security/*"),
  watch("sudo", "/etc/sudoers* /etc/sudoers.d/* /etc/polkit-1/rules.d/* /etc/doas.conf"),
  watch(
    "ssh",
    "/etc/ssh/* /etc/ssh/sshd_config.d/* /root/.ssh/* /home/*/.ssh/*",
    "/root/.ssh/known_hosts* /home/*/.ssh/known_hosts*",
  ),
  watch("loader", "/etc/ld.so.preload /etc/ld.so.conf /etc/ld.so.conf.d/* /etc/modules* /etc/modprobe.d/*"),
  watch(
    "persistence",
    `/etc/crontab /etc/cron.d/* /etc/cron.hourly/* /etc/cron.daily/* /etc/cron.weekly/* /etc/cron.monthly/*
     /var/spool/cron/** /etc/anacrontab /etc/at.allow /etc/at.deny /etc/systemd/system/** /etc/systemd/user/**
     /usr/lib/systemd/system/* /etc/init.d/* /etc/rc.local /etc/udev/rules.d/* /etc/xdg/autostart/*`,
  ),
  watch(
    "shell",
    `/etc/profile /etc/profile.d/* /etc/bash.bashrc /etc/bashrc /etc/environment /etc/zsh/* /root/.bashrc
     /root/.profile /root/.bash_profile /root/.zshrc`,
  ),
  watch("network", "/etc/hosts /etc/resolv.conf /etc/nsswitch.conf /etc/hosts.allow /etc/hosts.deny"),
];

function wordsIn(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

/** What an agent is made of, as its settings name it. */
export interface AgentFiles {
  readonly programs: readonly string[];
  readonly configuration: readonly string[];
  readonly rules: readonly string[];
  readonly stores: readonly string[];
}

const AGENT = "agent";
/** Rules take effect when they are read again, and come in hundreds: they are told of together. */
const AGENT_RULES = "agent_rules";

/** The agent's own files; its stores change by themselves, and are watched for being replaced. */
export function agentWatches({ programs, configuration, rules, stores }: AgentFiles): readonly FileWatch[] {
  return [
    { category: AGENT, paths: stores, watchesContent: false },
    { category: AGENT, paths: [...programs, ...configuration] },
    { category: AGENT_RULES, paths: rules },
  ];
}

/** Front door of what is looked at beside processes and files: accounts, sockets, modules, mounts, jobs and keys. */
import { join } from "node:path";
import type { Collector } from "../collector.ts";
import { socketsCollector } from "../sockets/sockets.ts";
import { authorizedKeysCollector } from "./authorized-keys.ts";
import { crontabCollector } from "./crontab.ts";
import { kernelModulesCollector } from "./kernel-modules.ts";
import { mountsCollector } from "./mounts.ts";
import type { Accounts } from "./passwd.ts";
import { systemdTimersCollector } from "./systemd-timers.ts";
import { usersCollector } from "./users.ts";

/** Each kind of thing, by the name that settings give it; undefined: not wanted. */
export interface HostSettings {
  readonly listeningPorts: Wanted;
  readonly processOpenSockets: Wanted;
  readonly users: Wanted;
  readonly kernelModules: Wanted;
  readonly mounts: Wanted;
  readonly crontab: Wanted;
  readonly systemdTimers: Wanted;
  readonly authorizedKeys: Wanted;
}

interface Wanted {
  readonly enabled: boolean;
  readonly intervalSeconds?: number | undefined;
}

export interface HostCollectorsOptions {
  /** Root of the file system that is looked at; proc stands in `<root>/proc`. */
  readonly root: string;
  readonly accounts: Accounts;
  readonly settings: HostSettings;
  readonly lose: (collector: string, count: number, reason: string) => void;
}

/** Collectors of a Linux host that the settings want. */
export function hostCollectors({ root, accounts, settings, lose }: HostCollectorsOptions): readonly Collector[] {
  const proc = join(root, "proc");
  const when = ({ enabled, intervalSeconds }: Wanted, make: (seconds?: number) => Collector): readonly Collector[] =>
    enabled ? [make(intervalSeconds)] : [];
  const { listeningPorts, processOpenSockets } = settings;
  const sockets: Wanted = {
    enabled: listeningPorts.enabled || processOpenSockets.enabled,
    intervalSeconds: listeningPorts.intervalSeconds ?? processOpenSockets.intervalSeconds,
  };
  return [
    ...when(sockets, (intervalSeconds) =>
      socketsCollector({
        proc,
        accounts,
        listening: listeningPorts.enabled,
        open: processOpenSockets.enabled,
        lose: (count, reason) => lose("sockets", count, reason),
        ...(intervalSeconds === undefined ? {} : { intervalSeconds }),
      }),
    ),
    ...when(settings.users, (seconds) => usersCollector(accounts, seconds)),
    ...when(settings.kernelModules, (seconds) => kernelModulesCollector(proc, seconds)),
    ...when(settings.mounts, (seconds) => mountsCollector(proc, seconds)),
    ...when(settings.crontab, (seconds) => crontabCollector(root, seconds)),
    ...when(settings.systemdTimers, (seconds) => systemdTimersCollector(root, seconds)),
    ...when(settings.authorizedKeys, (seconds) => authorizedKeysCollector(root, accounts, seconds)),
  ];
}

/** Front door of the runtime: what a process needs whatever it does. */
export { shareCompileCache } from "./compile-cache.ts";
export { type DataFolder, dataFolderAt, type FolderLayout, openDataFolder } from "./data-folder.ts";
export type { Feature } from "./feature.ts";
export { type Hardening, hardenProcess } from "./harden-process.ts";
export { type ListenHints, listenOn } from "./listen-on.ts";
export { createLog, type LevelledLogger, type LogFormat, logFormats } from "./log.ts";
export { logEvents } from "./log-events.ts";
export { createMetrics, type Metrics, type Readings, type StorageReadings } from "./metrics.ts";
export { openSocket } from "./open-socket.ts";
export { ownName } from "./own-name.ts";
export { probePages, type Readiness } from "./pages.ts";
export { type PrivateText, readPrivateFile } from "./private-file.ts";
export { type Environment, type ReadSetting, settingOf, wrongSetting } from "./setting.ts";
export { StartFailure, type StartFailureCode } from "./start-failure.ts";
export { untilStopped } from "./until-stopped.ts";
export { version } from "./version.ts";
export {
  choice,
  boolean,
  duration,
  integer,
  list,
  map,
  path,
  record,
  secret,
  type SecretReference,
  section,
  text,
  type ValueOf,
} from "./configuration/field.ts";
export { type Loaded, loadConfiguration, type LoadedSettings, type Sources } from "./configuration/load.ts";
export { planReload, type ReloadPlan } from "./configuration/plan-reload.ts";
export { type Problem, printProblem } from "./configuration/problem.ts";
export { chooseCredentialStore } from "./credentials/choose-credential-store.ts";
export type { CredentialStore } from "./credentials/credential-store.ts";
export type { SealedInPlace } from "./credentials/file-store.ts";
export { readHostIds } from "./credentials/host-ids.ts";
export { readPassphrase } from "./credentials/read-passphrase.ts";
export { readCredentials, readSecret } from "./credentials/read-secrets.ts";
export { rootKeyForm, rootKeyFrom, rootKeyName } from "./credentials/root-key.ts";
export { SecretSealer } from "./credentials/secret-sealer.ts";
export { type Health, keepAlive, keepAliveMs } from "./systemd/keep-alive.ts";
export { dropServiceVariables, type ServiceNotifier, serviceNotifier } from "./systemd/service-notifier.ts";
export { memoryOfTree, type TreeMemory } from "./watchdog/memory-use.ts";
export { nextPressure } from "./watchdog/memory-pressure.ts";
export { type MemoryReading, type MemoryWatch, watchMemory } from "./watchdog/memory-watch.ts";
export type { PartReport } from "./watchdog/part-report.ts";
export { type Part, Supervisor } from "./watchdog/supervisor.ts";
export { describeSettings, type SettingDescription } from "./configuration/describe.ts";
export { originWithin } from "./configuration/node.ts";
export { showSettings, type ShownSetting } from "./configuration/show.ts";
export { keepCapabilitiesFromChildren } from "./systemd/keep-capabilities.ts";

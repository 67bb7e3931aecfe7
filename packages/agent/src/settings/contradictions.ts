import type { AgentSettings } from "./schema.ts";

/** Settings that are right each for itself, and wrong together. */
export interface Contradiction {
  /** The setting to which it is told; such as `["store", "batchRows"]`. */
  readonly path: readonly string[];
  readonly message: string;
  readonly hint?: string;
}

/** Everything that does not go together. */
export function contradictionsIn(settings: AgentSettings): readonly Contradiction[] {
  return [executorMemory, batchSize, metricsReach, categories, bothWays].flatMap((find) => find(settings));
}

function executorMemory({ memoryMiB, detection }: AgentSettings): readonly Contradiction[] {
  if (detection.memoryMiB < memoryMiB) return [];
  const message = "detection.memoryMiB leaves nothing of memoryMiB for the agent itself";
  return [
    { path: ["detection", "memoryMiB"], message, hint: "a query has to take less than agent and executor together" },
  ];
}

function batchSize({ store }: AgentSettings): readonly Contradiction[] {
  if (store.batchRows <= store.queueRows) return [];
  return [{ path: ["store", "batchRows"], message: "store.batchRows is more than store.queueRows ever holds" }];
}

function metricsReach({ metricsAddress, metricsOpenToOthers }: AgentSettings): readonly Contradiction[] {
  if (metricsAddress === undefined) return [];
  const { host, port } = addressOf(metricsAddress);
  const path = ["metricsAddress"];
  if (port > 65_535) return [{ path, message: "metricsAddress has no port between 0 and 65535" }];
  if (isLoopback(host) || metricsOpenToOthers) return [];
  const hint = "use 127.0.0.1, or set metricsOpenToOthers to true";
  return [{ path, message: "metricsAddress may be reached from other hosts", hint }];
}

/** Host and port of an address of the form that the schema insists on. */
export function addressOf(address: string): { readonly host: string; readonly port: number } {
  const colon = address.lastIndexOf(":");
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ""), port: Number(address.slice(colon + 1)) };
}

/** By number, but for the one name that every system keeps for itself: other names may lead anywhere. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}$/.test(host);
}

function categories({ collect }: AgentSettings): readonly Contradiction[] {
  const names = collect.watch.map(({ category }) => category);
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  const empty = collect.watch.filter(({ paths }) => paths.length === 0).map(({ category }) => category);
  const path = ["collect", "watch"];
  return [
    ...[...twice].map((name) => ({ path, message: `collect.watch has the category ${name} twice` })),
    ...empty.map((name) => ({ path, message: `collect.watch has no paths in the category ${name}` })),
  ];
}

function bothWays({ detection }: AgentSettings): readonly Contradiction[] {
  const both = detection.enabled.filter((id) => detection.disabled.includes(id));
  const path = ["detection", "disabled"];
  return both.map((id) => ({ path, message: `${id} stands in detection.enabled and in detection.disabled` }));
}

import type { AgentSettings } from "./schema.ts";

type Collectors = AgentSettings["collect"]["collectors"];

/** How one kind of thing is looked at; no interval: the collector's own. */
export type CollectorSettings = Collectors[keyof Collectors];

/** The settings of the collector that fills a table; undefined for a table that nothing is collected for. */
export function collectorSettings({ collect }: AgentSettings, table: string): CollectorSettings | undefined {
  const key = table.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return Object.hasOwn(collect.collectors, key) ? collect.collectors[key as keyof Collectors] : undefined;
}

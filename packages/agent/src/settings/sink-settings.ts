import { type ParsedSinks, parseSinks } from "@holdfast/notify";
import type { AgentSettings } from "./schema.ts";

/** Programs read every alert at every hour; people sleep. */
const FOR_PROGRAMS: ReadonlySet<unknown> = new Set(["syslog", "stdout"]);

type Sinks = Pick<AgentSettings, "routes" | "sinks" | "quietHours">;

/** Routes and sinks in the form that notify reads; sinks for people get the common quiet hours where they have none. */
export function sinkSettings({ routes, sinks, quietHours }: Sinks): Readonly<Record<string, unknown>> {
  const withHours = sinks.map((sink) =>
    quietHours.length === 0 || "quietHours" in sink || FOR_PROGRAMS.has(sink["kind"]) ? sink : { ...sink, quietHours },
  );
  return { routes: Object.fromEntries(routes), sinks: withHours };
}

/** Sinks as notify takes them, or everything that is wrong. `ruleIds`, when known, makes a route to no rule an issue. */
export function parsedSinks(settings: Sinks, ruleIds?: readonly string[]): ParsedSinks {
  return parseSinks(sinkSettings(settings), ruleIds === undefined ? {} : { ruleIds });
}

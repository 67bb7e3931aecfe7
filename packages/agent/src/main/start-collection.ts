import { once } from "node:events";
import type { Logger } from "@holdfast/engine";
import { type Feature, type Health, type Part, type PartReport, Supervisor } from "@holdfast/runtime";
import { type Collecting, type FileWatch, startCollecting } from "../collect/index.ts";
import type { AgentSettings } from "../settings/index.ts";
import { sourceRow } from "../sources/index.ts";
import type { Ending } from "./ending.ts";
import { measureSources } from "./measure-source.ts";
import type { AgentParts } from "./open-parts.ts";

/** A tick is given so long beyond what one run of a rule may take; each rule that was judged is a sign of life. */
const DEADLINE_MS = 60_000;

/** What collecting is started with. */
export interface CollectionStart {
  readonly parts: AgentParts;
  readonly settings: AgentSettings;
  readonly watches: readonly FileWatch[];
  readonly log: Logger;
  readonly ending: Ending;
}

/** What looks at the host, and is started again when it stands still. */
export interface Collection {
  /** Watches other files from now on. */
  watch(watches: readonly FileWatch[]): void;
  feature(): Feature;
  health(): Health;
}

/** Begins to look at the host; what each tick has written is judged before the next one. */
export function startCollection(start: CollectionStart): Collection {
  const { parts, settings, log, ending } = start;
  const held: Held = { watches: start.watches, collecting: undefined };
  const supervisor = new Supervisor([collectors(start, held)], { onChange: (report) => logPart(log, report) });
  supervisor.start();
  ending.at("collectors", async () => {
    for (const name of await supervisor.stop()) log.error({ name }, "a part does not stop");
  });
  // What the last tick has written is judged as well, once everything is written.
  ending.at("detection", () => parts.detection.tick());
  parts.memory.onPressure((isPressed) => {
    parts.stored.writer.setMemoryPressure(isPressed);
    if (!isPressed) return;
    held.collecting?.shrink();
    parts.stored.store.shrink();
  });
  return {
    watch(watches) {
      held.watches = watches;
      held.collecting?.watch(watches);
    },
    feature: () => featureOf(settings, held.collecting, supervisor.reports()),
    health: () => supervisor.health(),
  };
}

/** What outlives a restart of the collectors, and what does not. */
interface Held {
  watches: readonly FileWatch[];
  collecting: Collecting | undefined;
}

function collectors({ parts, settings, log }: CollectionStart, held: Held): Part {
  const { stored, source, detection, metrics } = parts;
  return {
    name: "collectors",
    policy: { deadlineMs: DEADLINE_MS + (settings.detection.timeoutSeconds + settings.collect.tickSeconds) * 1_000 },
    async run({ signal, beat }) {
      const collecting = await startCollecting({
        store: stored.store,
        writer: stored.writer,
        upkeep: stored.upkeep,
        losses: stored.losses,
        settings: settings.collect,
        watches: held.watches,
        log,
        metrics,
        source,
        sourceRows: () => source.readings().map(sourceRow),
        async onTick() {
          beat();
          await detection.tick(beat);
          beat();
        },
      });
      held.collecting = collecting;
      void measureSources({ source, tickSeconds: settings.collect.tickSeconds, signal, log });
      if (!signal.aborted) await once(signal, "abort");
      held.collecting = undefined;
      await collecting.stop();
    },
  };
}

function logPart(log: Logger, { name, state, reason, restarts, isFailing, nextStartInMs }: PartReport): void {
  const fields = { name, state, restarts, ...(reason !== undefined && { reason }), nextStartInMs };
  if (state === "stuck" || isFailing) log.error(fields, "a part of the agent does not do its work");
  else if (state === "waiting") log.warn(fields, "a part of the agent is started again");
  else log.debug(fields, "a part of the agent");
}

function featureOf(
  { collect }: AgentSettings,
  collecting: Collecting | undefined,
  [report]: readonly PartReport[],
): Feature {
  const name = "collectors";
  if (collecting === undefined) {
    return { name, state: "unavailable", detail: report?.reason ?? "they are starting" };
  }
  const failing = collecting.states().filter(({ state }) => state === "failed" || state === "stuck");
  const off = Object.entries(collect.collectors).filter(([, { enabled }]) => !enabled);
  const detail = [
    ...failing.map((one) => `${one.name}: ${one.detail}`),
    ...(off.length === 0 ? [] : [`switched off: ${off.map(([one]) => one).join(", ")}`]),
  ].join("; ");
  if (failing.length > 0) return { name, state: "degraded", detail };
  return { name, state: "available", detail: detail === "" ? "all of them look" : detail };
}

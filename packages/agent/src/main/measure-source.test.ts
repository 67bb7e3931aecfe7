import type { Logger } from "@holdfast/engine";
import { expect, it, vi } from "vitest";
import type { SourceReading } from "../sources/index.ts";
import { type MeasureOptions, measureSources } from "./measure-source.ts";

const rate = { lifetimeMs: 10, started: 5, caught: 5, complete: 4 };

/** A source that is one of these, the last of them for good; the end is called off once all were looked at twice. */
function stage(names: readonly SourceReading["name"][], measure = () => Promise.resolve([rate])) {
  const end = new AbortController();
  const measured = new Map<string, readonly (typeof rate)[]>();
  const lines: string[] = [];
  const take = (_: object, text?: string) => void lines.push(String(text));
  const log: Logger = { debug: take, info: take, warn: take, error: take };
  let turn = 0;
  const source = {
    get name() {
      return names[Math.min(Math.floor(turn / 2), names.length - 1)]!;
    },
    readings(): SourceReading[] {
      if (++turn > 2 * names.length + 2) end.abort();
      const { name } = source;
      return [{ name, state: "active", detail: "", events: 0, lost: 0, catchRates: measured.get(name) ?? [] }];
    },
    measure: vi.fn<MeasureOptions["source"]["measure"]>(async () => {
      const rates = await measure();
      measured.set(source.name, rates);
      return rates;
    }),
  };
  const options = { source, tickSeconds: 1, signal: end.signal, log, settledMs: 0, againMs: 0 };
  return { options, measure: source.measure, lines, end };
}

it("a source is measured once", async () => {
  const { options, measure, lines } = stage(["connector"]);
  await measureSources(options);
  expect(measure).toHaveBeenCalledOnce();
  expect(lines).toEqual(["what the source of process events catches"]);
});

it("looking is measured like any other source, for as long as a find may take and often enough to show a tenth", async () => {
  const { options, measure } = stage(["polling"]);
  await measureSources({ ...options, tickSeconds: 5 });
  expect(measure).toHaveBeenCalledOnce();
  expect(measure.mock.calls[0]?.[0]).toMatchObject({ count: 20, settleMs: 6_500 });
});

it("what takes over for a source that failed is measured too", async () => {
  const { options, measure } = stage(["connector", "polling"]);
  await measureSources(options);
  expect(measure).toHaveBeenCalledTimes(2);
});

it("an agent that ends at once measures nothing", async () => {
  const { options, measure } = stage(["connector"]);
  await measureSources({ ...options, signal: AbortSignal.abort() });
  expect(measure).not.toHaveBeenCalled();
});

it("a measurement that fails is told once, and one that the end called off is not", async () => {
  const failing = () => Promise.reject(new Error("neither true nor sleep is there"));
  const failed = stage(["connector"], failing);
  await measureSources(failed.options);
  const abandoned = stage(["connector"], () => {
    abandoned.end.abort();
    return failing();
  });
  await measureSources(abandoned.options);
  expect([failed.measure.mock.calls.length, abandoned.measure.mock.calls.length]).toEqual([1, 1]);
  expect([...failed.lines, ...abandoned.lines]).toEqual(["what the source of process events catches is not known"]);
});

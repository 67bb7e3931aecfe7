import type { Logger } from "@holdfast/engine";
import { expect, it, vi } from "vitest";
import type { SourceReading } from "../sources/index.ts";
import { measureSource } from "./measure-source.ts";

const rate = { lifetimeMs: 10, started: 5, caught: 5, complete: 4 };

function sourceOf(name: SourceReading["name"], measure: () => Promise<readonly (typeof rate)[]>, isMeasured = false) {
  const reading: SourceReading = {
    name,
    state: "active",
    detail: "",
    events: 0,
    lost: 0,
    catchRates: isMeasured ? [rate] : [],
  };
  return { name, readings: () => [reading], measure: vi.fn(measure) };
}

function logOf() {
  const lines: string[] = [];
  const take = (_: object, text?: string) => void lines.push(String(text));
  const log: Logger = { debug: take, info: take, warn: take, error: take };
  return { log, lines };
}

const { signal } = new AbortController();

it("a source of the kernel's is measured, once", async () => {
  const source = sourceOf("connector", () => Promise.resolve([rate]));
  await measureSource(source, signal, logOf().log, 0);
  const measured = sourceOf("connector", () => Promise.resolve([rate]), true);
  await measureSource(measured, signal, logOf().log, 0);
  expect([source.measure.mock.calls.length, measured.measure.mock.calls.length]).toEqual([1, 0]);
});

it("looking is not measured: there is no source to ask", async () => {
  const source = sourceOf("polling", () => Promise.resolve([]));
  await measureSource(source, signal, logOf().log, 0);
  expect(source.measure).not.toHaveBeenCalled();
});

it("an agent that ends at once measures nothing", async () => {
  const source = sourceOf("connector", () => Promise.resolve([rate]));
  await measureSource(source, AbortSignal.abort(), logOf().log);
  expect(source.measure).not.toHaveBeenCalled();
});

it("a measurement that fails is told, and one that the end called off is not", async () => {
  const failing = () => Promise.reject(new Error("neither true nor sleep is there"));
  const { log, lines } = logOf();
  await measureSource(sourceOf("connector", failing), signal, log, 0);
  const ended = new AbortController();
  const abandoned = sourceOf("connector", () => {
    ended.abort();
    return failing();
  });
  await measureSource(abandoned, ended.signal, log, 0);
  expect(abandoned.measure).toHaveBeenCalledOnce();
  expect(lines).toEqual(["what the source of process events catches is not known"]);
});

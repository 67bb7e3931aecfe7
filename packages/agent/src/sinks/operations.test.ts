import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSlice, type SliceBench } from "../slices.fixture.ts";
import { sinkOperations } from "./operations.ts";
import type { Chosen, Sinks } from "./sinks.ts";

const letter = {
  id: "17",
  sink: "on-call",
  alert: "al_b3d5f7h2j4l6n3p5r7t2v4x6z3",
  severity: "high",
  title: "A title",
  reason: "attempts_exhausted",
  attempts: 3,
  queuedAt: "2026-07-01T09:30:00.000Z",
  failedAt: "2026-07-01T09:31:00.000Z",
  lastError: "http_failed",
} as const;

class FakeSinks implements Sinks {
  readonly done: string[] = [];
  isBroken = false;
  list() {
    return [];
  }
  test(sink: string) {
    if (sink !== "on-call") return undefined;
    return Promise.resolve({ sink, delivered: false, detail: "answered 500", durationMs: 3 });
  }
  check(sink: string) {
    if (sink !== "on-call") return undefined;
    return Promise.resolve({ sink, healthy: true, detail: "connected", durationMs: 3 });
  }
  letters({ sink, after, limit }: { readonly sink?: string; readonly after?: string; readonly limit: number }) {
    return { items: sink === "none" ? [] : [letter], next: `${after ?? ""}${limit}` };
  }
  count(chosen: Chosen) {
    return "ids" in chosen ? chosen.ids.filter((id) => id === "17").length : Number(chosen.sink === "on-call");
  }
  retry(chosen: Chosen) {
    if (this.isBroken) throw new Error("disk full");
    this.done.push(`retry ${JSON.stringify(chosen)}`);
  }
  drop(chosen: Chosen) {
    this.done.push(`drop ${JSON.stringify(chosen)}`);
  }
}

let sinks: FakeSinks;
let bench: SliceBench;
beforeEach(async () => {
  sinks = new FakeSinks();
  bench = await openSlice((define, effects) => sinkOperations(define, sinks, effects));
});
afterEach(() => bench.close());

describe("sinks", () => {
  it("are listed, and tested by name", async () => {
    expect(await bench.call("sink.list")).toEqual({ items: [] });
    expect(await bench.call("sink.test", { params: { sink: "on-call" } })).toMatchObject({ delivered: false });
    expect(bench.lastPlan().facts).toEqual({ sink: "on-call", delivered: false });
    expect(await bench.call("sink.test", { params: { sink: "nowhere" } })).toMatchObject({ code: "not_found" });
  });

  it("are checked by name, and the record says that somebody did", async () => {
    expect(await bench.call("sink.check", { params: { sink: "on-call" } })).toMatchObject({ healthy: true });
    expect(bench.lastPlan().facts).toEqual({ sink: "on-call", healthy: true });
    expect(await bench.call("sink.check", { params: { sink: "nowhere" } })).toMatchObject({ code: "not_found" });
  });
});

describe("dead letters", () => {
  it("are listed by sink and in pages", async () => {
    expect(await bench.call("dead-letter.list")).toEqual({ items: [letter], next: "100" });
    const query = { sink: "none", after: "17", limit: 5 };
    expect(await bench.call("dead-letter.list", { query })).toEqual({ items: [], next: "175" });
  });

  it("are queued again, or forgotten, once that is recorded", async () => {
    expect(await bench.call("dead-letter.retry", { body: { ids: ["17", "18"] } })).toEqual({ retried: 1 });
    expect(bench.lastPlan().facts).toEqual({ ids: ["17", "18"], retried: 1 });
    expect(await bench.call("dead-letter.drop", { body: { sink: "on-call" } })).toEqual({ dropped: 1 });
    expect(sinks.done).toEqual(['retry {"ids":["17","18"]}', 'drop {"sink":"on-call"}']);
  });

  it("that are not there leave nothing done, and one of two ways to choose is needed", async () => {
    for (const name of ["dead-letter.retry", "dead-letter.drop"]) {
      expect(await bench.call(name, { body: { ids: ["99"] } })).toMatchObject({ code: "not_found" });
      for (const body of [{}, { ids: ["17"], sink: "on-call" }, { ids: [] }, { ids: ["../x"] }])
        expect(await bench.call(name, { body })).toMatchObject({ code: "invalid_input" });
    }
    expect(sinks.done).toEqual([]);
  });

  it("that cannot be queued stay; the record says that it was wanted, and operators are told", async () => {
    sinks.isBroken = true;
    expect(await bench.call("dead-letter.retry", { body: { ids: ["17"] } })).toEqual({ retried: 1 });
    expect(bench.logged).toHaveLength(1);
  });
});

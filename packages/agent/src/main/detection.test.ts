import { describe, expect, it, vi } from "vitest";
import type { Finding } from "../alerts/index.ts";
import { ExecutorError, type RunResult, type Statement } from "../detect/index.ts";
import { type EventStore, LossTally } from "../events/index.ts";
import type { LoadedRule } from "../rules/index.ts";
import { Detection } from "./detection.ts";
import { createAgentMetrics } from "./metrics.ts";
import { OwnFindings } from "./own-findings.ts";
import { Registry } from "prom-client";

const nothing: RunResult = { columns: [], rows: [], isTruncated: false, durationMs: 1 };

function loaded(id: string, more: Partial<LoadedRule["rule"]> = {}): LoadedRule {
  return {
    rule: {
      id,
      title: "Something runs",
      severity: "low",
      description: "",
      sql: "SELECT pid FROM process_events",
      schedule: { kind: "tick" },
      dedup: [],
      attack: [],
      falsePositives: [],
      tests: { match: [], noMatch: [] },
      ...more,
    },
    statement: {
      sql: "SELECT pid FROM process_events",
      parameters: [],
      tables: ["process_events"],
      columns: ["pid"],
      isAggregate: false,
    },
    origin: "own",
    file: `${id}.yaml`,
    text: "",
  } as unknown as LoadedRule;
}

/** Detection over a store in which a row comes with each call of `see`, and an executor that answers what it is told. */
function detecting() {
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const memory = new Map<string, string>();
  const clock = { ms: 1_000_000 };
  const store = {
    head: 1,
    headOf: () => store.head,
    processAt: vi.fn<EventStore["processAt"]>(),
    recall: (name: string) => memory.get(name),
    remember: (values: Readonly<Record<string, string>>) => {
      for (const [name, value] of Object.entries(values)) memory.set(name, value);
    },
  };
  let renewed = () => {};
  const losses = new LossTally();
  const run = vi.fn<(statement: Statement) => Promise<RunResult>>().mockResolvedValue(nothing);
  const renew = vi.fn();
  const own = new OwnFindings("here", () => clock.ms);
  const recorded: Finding[] = [];
  const record = vi.fn(async (findings: readonly Finding[]) => void recorded.push(...findings));
  const detection = new Detection({
    host: "here",
    stored: { store: store as never, losses, onRenewed: (listener) => void (renewed = listener) },
    executors: { rules: { run } as never, renew },
    own,
    metrics: createAgentMetrics(new Registry(), () => 0),
    log,
    now: () => clock.ms,
  });
  const see = () => {
    store.head += 1;
    clock.ms += 100_000;
  };
  return {
    store,
    detection,
    log,
    run,
    record,
    recorded,
    losses,
    own,
    see,
    renew,
    renewed: () => renewed(),
    begin: () => detection.begin({ record }),
  };
}

describe("detection", () => {
  it("judges nothing before findings can be recorded", async () => {
    const { detection, run, see } = detecting();
    detection.setRules([loaded("one")]);
    see();
    await detection.tick();
    expect(run).not.toHaveBeenCalled();
  });

  it("records what a rule finds, with what the rule says of it", async () => {
    const { detection, run, recorded, see, begin } = detecting();
    detection.setRules([loaded("one")]);
    begin();
    see();
    run.mockResolvedValue({ ...nothing, columns: ["pid"], rows: [[42]] });
    await detection.tick();
    expect(recorded).toMatchObject([{ rule: { id: "one", severity: "low" }, host: "here", details: { pid: 42 } }]);
    expect(detection.readingOf("one")).toMatchObject({ findings: 1, errors: 0 });
    expect(detection.feature()).toMatchObject({ state: "available", detail: "1 run" });
  });

  it("looks a process up among what the rule looked at, once an alert is made of it", async () => {
    const { detection, run, recorded, see, begin, store } = detecting();
    detection.setRules([loaded("one")]);
    begin();
    see();
    run.mockResolvedValue({ ...nothing, columns: ["pid"], rows: [[42]] });
    store.processAt.mockReturnValue({ pid: 42, name: "sh" });
    await detection.tick();
    expect(store.processAt).not.toHaveBeenCalled();
    expect(recorded[0]?.context().columns).toEqual({ name: "sh" });
    expect(store.processAt).toHaveBeenCalledWith({ pid: 42, like: {}, after: 1, upTo: 2 });
  });

  it("tells that nothing is judged, once, when the process that judges cannot be had", async () => {
    const { detection, run, recorded, see, begin } = detecting();
    detection.setRules([loaded("one")]);
    begin();
    const tick = async () => {
      see();
      await detection.tick();
    };
    run.mockRejectedValue(new ExecutorError("unavailable", "it did not start"));
    await tick();
    expect(recorded).toEqual([]);
    for (let ticks = 0; ticks < 3; ticks++) await tick();
    expect(recorded.map(({ rule }) => rule.id)).toEqual(["agent-rules-not-judged"]);
    run.mockResolvedValue(nothing);
    await tick();
    run.mockRejectedValue(new ExecutorError("unavailable", "it did not start"));
    for (let ticks = 0; ticks < 3; ticks++) await tick();
    expect(recorded.map(({ rule }) => rule.id)).toEqual(["agent-rules-not-judged", "agent-rules-not-judged"]);
  });

  it("counts as a loss what a rule found beyond what may be brought back", async () => {
    const { detection, run, recorded, losses, see, begin } = detecting();
    const one = loaded("one");
    detection.setRules([{ ...one, statement: { ...one.statement, isAggregate: true } }]);
    begin();
    see();
    run.mockResolvedValue({ ...nothing, columns: ["pid"], rows: [[42]], isTruncated: true });
    await detection.tick();
    expect(recorded).toHaveLength(1);
    expect(losses.take()).toEqual([{ stage: "executor", name: "one", reason: "too_many_findings", lost: 1 }]);
  });

  it("judges rows again whose findings could not be recorded", async () => {
    const { detection, run, record, recorded, see, begin } = detecting();
    detection.setRules([loaded("one")]);
    begin();
    see();
    run.mockResolvedValue({ ...nothing, columns: ["pid"], rows: [[42]] });
    record.mockImplementation(async (findings) => {
      if (findings.length > 0) throw new Error("the ledger cannot be written");
    });
    await detection.tick();
    expect(recorded).toEqual([]);
    record.mockImplementation(async (findings) => void recorded.push(...findings));
    see();
    await detection.tick();
    expect(recorded).toMatchObject([{ details: { pid: 42 } }]);
  });

  it("tells people of a rule that is switched off for failing, and gives it another chance when it is switched on", async () => {
    const { detection, run, recorded, see, begin } = detecting();
    detection.setRules([loaded("one")]);
    begin();
    run.mockRejectedValue(new ExecutorError("memory", "too much"));
    for (let round = 0; round < 8; round++) {
      see();
      await detection.tick();
    }
    expect(recorded).toMatchObject([
      {
        rule: {
          id: "agent-rule-disabled",
          severity: "high",
          description: expect.stringContaining("Something runs") as string,
        },
        details: { rule: "one" },
      },
    ]);
    expect(detection.feature()).toMatchObject({ state: "degraded", detail: expect.stringContaining("one") as string });
    expect(detection.readingOf("one")?.lastError).toContain("too much");
    expect(detection.readingOf("one")?.stoppedBecause).toContain("failed 5 times");
    run.mockReset().mockResolvedValue(nothing);
    detection.setRules([]);
    detection.setRules([loaded("one")]);
    see();
    await detection.tick();
    expect(run).toHaveBeenCalled();
    expect(detection.feature().state).toBe("available");
  });

  it("runs a rule again that had failed too often once somebody enables it, although it was never switched off", async () => {
    const { detection, run, see, begin } = detecting();
    detection.setRules([loaded("one")]);
    begin();
    run.mockRejectedValue(new ExecutorError("memory", "too much"));
    for (let round = 0; round < 8; round++) {
      see();
      await detection.tick();
    }
    run.mockReset().mockResolvedValue(nothing);
    detection.enable(loaded("one"));
    expect(detection.readingOf("one")?.stoppedBecause).toBeUndefined();
    see();
    await detection.tick();
    expect(run).toHaveBeenCalled();
  });

  it("keeps what it has to say of the agent until that is recorded", async () => {
    const { detection, record, recorded, own, begin } = detecting();
    begin();
    own.raise("agent-events-lost", "The agent's event store was begun anew", { reason: "damaged" });
    record.mockRejectedValueOnce(new Error("not now"));
    await detection.tick();
    expect(recorded).toEqual([]);
    await detection.tick();
    expect(recorded).toMatchObject([{ rule: { id: "agent-events-lost" }, details: { reason: "damaged" } }]);
  });

  it("has the executors open a store anew that was begun anew", () => {
    const { renewed, renew } = detecting();
    renewed();
    expect(renew).toHaveBeenCalledOnce();
  });
});

describe("a rule that reports changes", () => {
  it("finds what came and what went since the result before, and nothing in the first one", async () => {
    const { detection, run, record, recorded, see } = detecting();
    detection.begin({ record });
    detection.setRules([loaded("ports", { schedule: { kind: "every", seconds: 60 }, isDifferential: true })]);
    const results = [
      [[22], [80]],
      [[22], [80]],
      [[22], [443]],
    ];
    for (const rows of results) {
      run.mockResolvedValueOnce({ columns: ["port"], rows, isTruncated: false, durationMs: 1 });
      see();
      await detection.tick();
    }
    expect(recorded.map(({ details }) => details)).toEqual([
      { change: "added", port: 443, epoch: 0, counter: 2 },
      { change: "removed", port: 80, epoch: 0, counter: 2 },
    ]);
    expect(new Set(recorded.map(({ dedupKey }) => dedupKey)).size).toBe(2);
  });
});

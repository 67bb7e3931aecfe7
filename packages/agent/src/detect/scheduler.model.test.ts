import fc from "fast-check";
import { expect, it } from "vitest";
import { ExecutorError } from "./errors.ts";
import { type EventFile, eventFile } from "./events.fixture.ts";
import type { RunResult, Statement } from "./job.ts";
import { runHere } from "./run-here.fixture.ts";
import type { ScheduledRule } from "./scheduled-rule.ts";
import { KeptMemory, ruleOf, Told, type World, worldOf } from "./scheduler.fixture.ts";

/** One of each kind of rule; `key` tells what was judged, a row or a pair of rows. */
const rules: readonly ScheduledRule[] = [
  ruleOf("events", "SELECT e.seq AS key FROM process_events e", { maxRows: 3 }),
  ruleOf("more events", "SELECT e.seq AS key FROM process_events e WHERE e.seq > 0"),
  ruleOf("state", "SELECT u.seq AS key FROM users u", { maxRows: 2 }),
  ruleOf(
    "events beside state",
    "SELECT e.seq AS key FROM file_events e JOIN (SELECT u.uid AS uid FROM users u WHERE u.uid = 0 LIMIT 1) u",
  ),
  ruleOf("pairs of state", "SELECT u.seq || ' ' || m.seq AS key FROM users u JOIN mounts m"),
  ruleOf("now and then", "SELECT e.seq AS key FROM process_events e", {
    schedule: { kind: "every", seconds: 7 },
    maxRows: 5,
  }),
].map((rule) => ({ ...rule, statement: { ...rule.statement, isAggregate: false } }));

const tables = ["process_events", "file_events", "users", "mounts"] as const;

type Step =
  | { readonly kind: "add"; readonly table: (typeof tables)[number]; readonly count: number }
  | { readonly kind: "touch"; readonly table: "users" | "mounts"; readonly remainder: number }
  | { readonly kind: "tick"; readonly seconds: number; readonly addedMeanwhile: number }
  | { readonly kind: "fail"; readonly rule: number; readonly code: "timeout" | "unavailable" | "none" }
  | { readonly kind: "break"; readonly isBroken: boolean }
  | { readonly kind: "crash" };

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("add" as const),
      table: fc.constantFrom(...tables),
      count: fc.integer({ min: 1, max: 9 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("touch" as const),
      table: fc.constantFrom("users", "mounts"),
      remainder: fc.nat(2),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("tick" as const),
      seconds: fc.integer({ min: 1, max: 9 }),
      addedMeanwhile: fc.nat(2),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("fail" as const),
      rule: fc.nat(rules.length - 1),
      code: fc.constantFrom("timeout", "unavailable", "none"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("break" as const), isBroken: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ kind: "crash" as const }) },
);

/** A host, its rules, and what may happen to them. */
class Model {
  readonly events: EventFile;
  readonly told = new Told();
  readonly memory = new KeptMemory();
  readonly #run: (statement: Statement) => Promise<RunResult>;
  readonly #failing = new Map<string, "timeout" | "unavailable">();
  /** What may have been judged twice: it was recorded, and the crash came before that was remembered. */
  readonly forgotten = new Set<string>();
  #world: World;
  #meanwhile = 0;

  constructor(onEnd: (clean: () => void) => void) {
    this.events = eventFile(onEnd);
    this.events.add("users", [{ uid: 0 }, { uid: 1 }]);
    this.#run = runHere(this.events.path, onEnd);
    this.#world = this.#begin(0);
  }

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case "add":
        return void this.events.add(
          step.table,
          Array.from({ length: step.count }, (_, index) => ({ uid: index })),
        );
      case "touch":
        return this.events.touch(
          step.table,
          `uid % 3 = ${step.remainder}`.replace("uid", step.table === "users" ? "uid" : "rowid"),
        );
      case "tick":
        this.#world.now += step.seconds;
        this.#meanwhile = step.addedMeanwhile;
        return void (await this.#world.tick());
      case "fail":
        if (step.code === "none") this.#failing.delete(rules[step.rule]!.id);
        else this.#failing.set(rules[step.rule]!.id, step.code);
        return;
      case "break":
        this.told.isBroken = step.isBroken;
        return;
      case "crash":
        return this.#crash();
    }
  }

  /** All goes well from here on, for long enough. */
  async settle(): Promise<void> {
    this.#failing.clear();
    this.told.isBroken = false;
    this.#meanwhile = 0;
    for (const rule of rules) this.#world.scheduler.enable(rule);
    for (let times = 0; times < 12; times++) {
      this.#world.now += 100;
      await this.#world.tick();
    }
  }

  #begin(now: number): World {
    const world = worldOf(this.events, (statement) => this.#runUnlessFailing(statement), {
      told: this.told,
      memory: this.memory,
    });
    world.now += now;
    world.scheduler.setRules(rules);
    return world;
  }

  /** In the worst moment: what was found in this tick is recorded, and nothing of it remembered. */
  async #crash(): Promise<void> {
    const before = this.told.found.length;
    this.memory.isFull = true;
    await this.#world.tick();
    this.memory.isFull = false;
    for (const { rule, rows } of this.told.found.slice(before)) {
      for (const { key } of rows) this.forgotten.add(`${rule} ${key}`);
    }
    this.#world = this.#begin(this.#world.now - 1_000);
  }

  async #runUnlessFailing(statement: Statement): Promise<RunResult> {
    const culprit = rules.find(({ id, statement: { sql } }) => this.#failing.has(id) && statement.sql.includes(sql));
    if (culprit !== undefined) throw new ExecutorError(this.#failing.get(culprit.id)!, "made to fail");
    const result = await this.#run(statement);
    // Collectors do not wait for rules.
    if (this.#meanwhile > 0) this.events.add("process_events", [{}]);
    if (this.#meanwhile-- > 1) this.events.touch("users", "uid = 0");
    return result;
  }
}

/** Rows that are there now, and came or changed after the rules did. */
function rowsOf({ events }: Model, table: string, after = 2): number[] {
  const rows = events.database.prepare(`SELECT seq FROM "${table}" WHERE seq > ${after} ORDER BY seq`).all();
  return rows.map(({ seq }) => Number(seq));
}

function expectedOf(model: Model): Readonly<Record<string, readonly string[]>> {
  const [events, files, users] = ["process_events", "file_events", "users"].map((table) =>
    rowsOf(model, table).map(String),
  );
  const pairs = rowsOf(model, "users", 0).flatMap((user) =>
    rowsOf(model, "mounts", 0).map((mount) => `${user} ${mount}`),
  );
  return {
    events: events!,
    "more events": events!,
    state: users!,
    "events beside state": files!,
    "pairs of state": pairs,
    "now and then": events!,
  };
}

it("no row is passed over, and none is judged twice but for a crash", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 40 }), async (steps) => {
      const cleaning: (() => void)[] = [];
      try {
        const model = new Model((clean) => cleaning.push(clean));
        for (const step of steps) await model.take(step);
        await model.settle();
        for (const [rule, keys] of Object.entries(expectedOf(model))) {
          const judged = model.told.column(rule, "key").map(String);
          expect([rule, keys.filter((key) => !judged.includes(key))]).toEqual([rule, []]);
          const twice = judged.filter((key, index) => judged.indexOf(key) !== index);
          expect([rule, twice.filter((key) => !model.forgotten.has(`${rule} ${key}`))]).toEqual([rule, []]);
        }
      } finally {
        for (const clean of cleaning.reverse()) clean();
      }
    }),
    { numRuns: 60 },
  );
}, 120_000);

import { describe, expect, it, onTestFinished } from "vitest";
import { ExecutorError } from "./errors.ts";
import { type EventFile, eventFile } from "./events.fixture.ts";
import type { Statement } from "./job.ts";
import { runHere } from "./run-here.fixture.ts";
import type { ScheduledRule } from "./scheduled-rule.ts";
import { KeptMemory, ruleOf, Told, type World, worldOf } from "./scheduler.fixture.ts";

interface Ready extends World {
  readonly events: EventFile;
  /** Statements that were run. */
  readonly ran: Statement[];
  /** Makes statements fail that contain a text. */
  failing: Map<string, ExecutorError>;
  restarted(rules: readonly ScheduledRule[]): World;
}

function ready(rules: readonly ScheduledRule[], over: Parameters<typeof worldOf>[2] = {}): Ready {
  const events = eventFile(onTestFinished);
  const run = runHere(events.path, onTestFinished);
  const ran: Statement[] = [];
  const failing = new Map<string, ExecutorError>();
  const runUnlessFailing = async (statement: Statement) => {
    ran.push(statement);
    for (const [text, error] of failing) if (statement.sql.includes(text)) throw error;
    return run(statement);
  };
  const begin = (more: Parameters<typeof worldOf>[2]) => worldOf(events, runUnlessFailing, { ...over, ...more });
  const world = begin({});
  world.scheduler.setRules(rules);
  const restarted = (rules: readonly ScheduledRule[]): World => {
    const next = begin({ memory: world.memory, told: new Told() });
    next.now = world.now;
    next.scheduler.setRules(rules);
    return next;
  };
  return Object.assign(world, { events, ran, failing, restarted });
}

const shells = ruleOf("shells", "SELECT e.pid AS pid, e.path AS path FROM process_events e WHERE e.path GLOB '*sh'");
const roots = ruleOf("roots", "SELECT e.pid AS pid, e.uid AS uid FROM process_events e WHERE e.uid = 0 AND e.pid > 0");

describe("a tick", () => {
  it("has each rule judge what is new, once", async () => {
    const world = ready([shells, roots]);
    world.events.add("process_events", [
      { pid: 1, path: "/bin/sh", uid: 5 },
      { pid: 2, path: "/bin/ls" },
    ]);
    expect(await world.tick()).toEqual({ judged: 2, failed: 0 });
    world.events.add("process_events", [{ pid: 3, path: "/bin/bash", uid: 5 }]);
    await world.tick();
    expect(world.told.found).toEqual([
      { rule: "shells", rows: [{ pid: 1, path: "/bin/sh" }], after: 0, upTo: 2, isTruncated: false },
      { rule: "roots", rows: [{ pid: 2, uid: 0 }], after: 0, upTo: 2, isTruncated: false },
      { rule: "shells", rows: [{ pid: 3, path: "/bin/bash" }], after: 2, upTo: 3, isTruncated: false },
    ]);
    expect(new Set(world.told.observed)).toEqual(new Set(["shells", "roots"]));
  });

  it("costs nothing without new rows in the tables of the rules", async () => {
    const world = ready([shells, roots]);
    world.events.add("users", [{ uid: 1 }]);
    expect(await world.tick()).toEqual({ judged: 0, failed: 0 });
    expect(world.ran).toEqual([]);
  });

  it("asks rules that find nothing all at once, and remembers them by one value", async () => {
    const many = Array.from({ length: 50 }, (_, index) =>
      ruleOf(`rule ${index}`, `SELECT e.pid AS pid FROM process_events e WHERE e.pid = ${index}`),
    );
    const world = ready(many);
    world.events.add("process_events", [{ pid: 1_000 }]);
    await world.tick();
    world.ran.length = 0;
    world.memory.writes.length = 0;
    world.events.add("process_events", [{ pid: 1_000 }, { pid: 7 }]);
    expect(await world.tick()).toEqual({ judged: 50, failed: 0 });
    expect(world.ran).toHaveLength(2);
    expect(world.memory.writes).toEqual([["detect.floor"]]);
    expect(world.told.found.map(({ rule, rows }) => [rule, rows])).toEqual([["rule 7", [{ pid: 7 }]]]);
  });

  it("is one at a time", async () => {
    const world = ready([shells]);
    world.events.add("process_events", [{ path: "/bin/sh" }]);
    const both = await Promise.all([world.tick(), world.scheduler.tick()]);
    expect(both[0]).toBe(both[1]);
    expect(world.told.found).toHaveLength(1);
  });

  it("brings back everything, piece by piece, when there is more than may come at once", async () => {
    const world = ready([{ ...shells, maxRows: 10 }]);
    world.events.add(
      "process_events",
      Array.from({ length: 100 }, (_, pid) => ({ pid, path: "/bin/sh" })),
    );
    await world.tick();
    expect(world.told.column("shells", "pid")).toEqual(Array.from({ length: 100 }, (_, pid) => pid));
    expect(world.told.found.every(({ isTruncated }) => !isTruncated)).toBe(true);
  });

  it("says so when what belongs to one row is more than may come", async () => {
    const pairs = ruleOf("pairs", "SELECT e.pid AS pid, u.uid AS uid FROM process_events e JOIN users u", {
      maxRows: 3,
    });
    const world = ready([pairs]);
    world.events.add(
      "users",
      Array.from({ length: 5 }, (_, uid) => ({ uid })),
    );
    world.events.add("process_events", [{ pid: 1 }]);
    await world.tick();
    expect(world.told.found).toMatchObject([{ isTruncated: true }]);
    expect(world.told.column("pairs", "uid")).toHaveLength(3);
  });
});

describe("a rule with a window", () => {
  it("sees the events of that time at each tick that brings new ones", async () => {
    const sql = "SELECT e.uid AS uid, count(*) AS n FROM process_events e GROUP BY e.uid HAVING count(*) > 2";
    const world = ready([ruleOf("bursts", sql, { windowSeconds: 60 })]);
    const happen = async (now: number, pids: number) => {
      world.now = now - 1;
      world.events.add(
        "process_events",
        Array.from({ length: pids }, () => ({ uid: 7, time: now })),
      );
      await world.tick();
      return world.told.column("bursts", "n").at(-1);
    };
    expect(await happen(1_000, 2)).toBeUndefined();
    expect(await happen(1_030, 2)).toBe(4);
    expect(await happen(1_059, 1)).toBe(5);
    expect(await happen(1_090, 1)).toBe(4);
    expect(world.ran.at(-1)!.bounds["process_events"]).toEqual({ after: 2, upTo: 6, since: 1_030 });
  });
});

describe("a rule that is run every so often", () => {
  it("runs then, new rows or not, and after a restart no sooner", async () => {
    const rule = ruleOf("now and then", "SELECT u.uid AS uid FROM users u", {
      schedule: { kind: "every", seconds: 60 },
    });
    const world = ready([rule]);
    world.events.add("users", [{ uid: 3 }]);
    await world.tick();
    world.now += 30;
    await world.tick();
    expect(world.told.column("now and then", "uid")).toEqual([3]);
    const next = world.restarted([rule]);
    await next.tick();
    next.now += 30;
    await next.tick();
    expect(next.told.column("now and then", "uid")).toEqual([3]);
  });
});

describe("a rule whose schedule was changed", () => {
  it("judges what it would have judged", async () => {
    const slower: ScheduledRule = { ...shells, schedule: { kind: "every", seconds: 60 } };
    const world = ready([slower, roots]);
    await world.tick();
    world.scheduler.setRules([shells, roots]);
    world.events.add("process_events", [{ pid: 1, path: "/bin/ls" }]);
    await world.tick();
    world.scheduler.setRules([slower, roots]);
    world.events.add("process_events", [{ pid: 2, path: "/bin/sh" }]);
    await world.tick();
    world.now += 60;
    await world.tick();
    expect(world.told.column("shells", "pid")).toEqual([2]);
  });
});

describe("a differential query", () => {
  const users = ruleOf("accounts", "SELECT u.uid AS uid, u.username AS name FROM users u", {
    schedule: { kind: "every", seconds: 10 },
    isDifferential: true,
  });
  const later = async (world: World) => {
    world.now += 10;
    await world.tick();
  };

  it("tells what came and went, with epoch and counter, also after a restart", async () => {
    const world = ready([users]);
    world.events.add("users", [
      { uid: 1, username: "a" },
      { uid: 2, username: "b" },
    ]);
    await later(world);
    await later(world);
    world.events.database.exec("UPDATE users SET username = 'c' WHERE uid = 2");
    await later(world);
    const next = world.restarted([users]);
    world.events.database.exec("DELETE FROM users WHERE uid = 1");
    await later(next);
    expect(world.told.changed).toEqual([
      {
        rule: "accounts",
        columns: ["uid", "name"],
        epoch: 0,
        counter: 0,
        added: [
          [1, "a"],
          [2, "b"],
        ],
        removed: [],
      },
      { rule: "accounts", columns: ["uid", "name"], epoch: 0, counter: 2, added: [[2, "c"]], removed: [[2, "b"]] },
    ]);
    expect(next.told.changed).toMatchObject([{ epoch: 0, counter: 3, added: [], removed: [[1, "a"]] }]);
  });

  it("begins a new epoch when it reads differently, or when what is remembered is gone", async () => {
    const world = ready([users]);
    world.events.add("users", [{ uid: 1 }]);
    await later(world);
    world.scheduler.setRules([
      { ...users, statement: { ...users.statement, sql: `${users.statement.sql} WHERE u.uid > 0` } },
    ]);
    await later(world);
    world.scheduler.setRules([users]);
    await later(world);
    world.memory.values.delete("detect.result.accounts");
    await later(world.restarted([users]));
    expect(world.told.changed.map(({ epoch, counter }) => [epoch, counter])).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
    ]);
  });

  it("is told again when the telling failed", async () => {
    const world = ready([users]);
    world.events.add("users", [{ uid: 1 }]);
    world.told.isBroken = true;
    await later(world);
    expect(world.told.failures).toEqual(["accounts: not recorded"]);
    world.told.isBroken = false;
    await later(world);
    expect(world.told.changed).toMatchObject([{ epoch: 0, counter: 0, added: [[1, ""]] }]);
  });

  it("fails, rather than report rows as gone, when not all of them may come", async () => {
    const world = ready([{ ...users, maxRows: 2 }]);
    world.events.add("users", [{ uid: 1 }, { uid: 2 }, { uid: 3 }]);
    await later(world);
    expect(world.told.changed).toEqual([]);
    expect(world.told.errors).toEqual(["accounts: too_many_rows"]);
  });
});

describe("a rule that fails", () => {
  const slow = new ExecutorError("timeout", "too slow");

  it("keeps no other rule from judging, and judges its rows when it can", async () => {
    const world = ready([shells, roots]);
    world.failing.set("GLOB", slow);
    world.events.add("process_events", [{ pid: 1, path: "/bin/sh" }]);
    expect(await world.tick()).toEqual({ judged: 2, failed: 1 });
    expect(world.told.column("roots", "pid")).toEqual([1]);
    expect(world.told.errors).toEqual(["shells: timeout"]);
    world.failing.clear();
    world.events.add("process_events", [{ pid: 2, path: "/bin/sh" }]);
    world.now += 10;
    await world.tick();
    expect(world.told.column("shells", "pid")).toEqual([1, 2]);
    expect(world.told.column("roots", "pid")).toEqual([1, 2]);
  });

  it("is switched off after so many times in a row, loudly, and stays so after a restart", async () => {
    const world = ready([shells, roots], { maxFailures: 3 });
    world.failing.set("GLOB", slow);
    world.events.add("process_events", [{ pid: 1, path: "/bin/sh" }]);
    for (let times = 0; times < 6; times++) {
      world.now += 100;
      await world.tick();
    }
    const reason = "It failed 3 times in a row; the last time: too slow";
    expect(world.told.disablings).toEqual([`shells: ${reason}`]);
    expect(world.told.failures).toHaveLength(3);
    const next = world.restarted([shells, roots]);
    expect(next.scheduler.stateOf(shells).disabled?.reason).toBe(reason);
    world.failing.clear();
    world.events.add("process_events", [{ pid: 2, path: "/bin/sh" }]);
    await next.tick();
    expect(next.told.column("shells", "pid")).toEqual([]);
    next.scheduler.enable(shells);
    await next.tick();
    expect(next.told.column("shells", "pid")).toEqual([1, 2]);
  });

  it("is given another chance when it reads differently", async () => {
    const world = ready([shells], { maxFailures: 1 });
    world.failing.set("GLOB", slow);
    world.events.add("process_events", [{ pid: 1, path: "/bin/sh" }]);
    await world.tick();
    const mended = {
      ...shells,
      statement: { ...shells.statement, sql: shells.statement.sql.replace("GLOB '*sh'", "LIKE '%sh'") },
    };
    world.scheduler.setRules([mended]);
    await world.tick();
    expect(world.told.column("shells", "pid")).toEqual([1]);
  });

  it("is not blamed for an executor that is not there, nor for alerts that cannot be recorded", async () => {
    const world = ready([shells], { maxFailures: 1 });
    world.failing.set("process_events", new ExecutorError("unavailable", "no database"));
    world.events.add("process_events", [{ pid: 1, path: "/bin/sh" }]);
    await world.tick();
    world.failing.clear();
    world.told.isBroken = true;
    await world.tick();
    world.told.isBroken = false;
    await world.tick();
    expect(world.told.errors).toEqual(["shells: unavailable", "shells: not_recorded"]);
    expect(world.told.disablings).toEqual([]);
    expect(world.told.column("shells", "pid")).toEqual([1]);
  });
});

describe("what a scheduler remembers", () => {
  it("is written when it can be, and judging goes on meanwhile", async () => {
    const world = ready([shells]);
    world.memory.isFull = true;
    world.events.add("process_events", [{ pid: 1, path: "/bin/sh" }]);
    await world.tick();
    await world.tick();
    expect(world.told.notRememberedFor).toEqual(["The disk is full.", "The disk is full."]);
    expect(world.told.column("shells", "pid")).toEqual([1]);
    world.memory.isFull = false;
    await world.tick();
    const next = world.restarted([shells]);
    await next.tick();
    expect(next.told.found).toEqual([]);
  });

  it("is written anew when the memory was lost while it ran", async () => {
    const world = ready([shells, roots]);
    world.events.add("process_events", [{ pid: 1, path: "/bin/sh" }]);
    await world.tick();
    world.memory.values.clear();
    world.scheduler.rewrite();
    await world.tick();
    world.events.add("process_events", [{ pid: 2, path: "/bin/sh" }]);
    const next = world.restarted([shells, roots]);
    await next.tick();
    expect(next.told.column("shells", "pid")).toEqual([2]);
  });

  it("is nothing of a rule that is new: it begins with what is new then", async () => {
    const world = ready([shells], { memory: new KeptMemory() });
    world.events.add("process_events", [{ pid: 1, path: "/bin/sh" }]);
    await world.tick();
    world.scheduler.setRules([shells, roots]);
    world.events.add("process_events", [{ pid: 2 }]);
    await world.tick();
    expect(world.told.column("roots", "pid")).toEqual([2]);
  });
});

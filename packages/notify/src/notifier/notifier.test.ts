import { describe, expect, test } from "vitest";
import { settled } from "../clock.fixture.ts";
import { NotifyError } from "../errors.ts";
import { notificationOf } from "../notification.fixture.ts";
import { FakeSink, NotifierStand } from "./stand.fixture.ts";

const never = new AbortController().signal;

describe("telling", () => {
  test("goes at once to the sinks whose route takes it", async () => {
    const stand = new NotifierStand();
    const result = stand.notifier.notify(
      [notificationOf({ id: "al_1" }), notificationOf({ id: "al_2", ruleId: "both" })],
      7,
    );
    await settled();
    expect(result).toEqual({ queued: 3, joined: 0, known: 0, unrouted: 0, refused: [] });
    expect([stand.a.ids, stand.b.ids]).toEqual([["al_1", "al_2"], ["al_2"]]);
    expect(stand.outbox.watermark).toBe(7);
    expect(stand.attempts.map(({ sink, outcome, isRetry }) => `${sink} ${outcome} ${isRetry}`).toSorted()).toEqual([
      "a sent false",
      "a sent false",
      "b sent false",
    ]);
  });

  test("says what no sink takes, and what can never be told, which keeps nothing else back", async () => {
    const stand = new NotifierStand({ a: { route: { rules: ["a-only"] } } });
    const result = stand.notifier.notify([
      notificationOf({ id: "al_1", ruleId: "nobody" }),
      notificationOf({ id: "no id" }),
      notificationOf({ id: "al_2", ruleId: "a-only" }),
    ]);
    await settled();
    expect(result).toMatchObject({ queued: 1, unrouted: 1, refused: [{ code: "notification_invalid" }] });
    expect(stand.a.ids).toEqual(["al_2"]);
  });

  test("tells the severest first when there is more than one", async () => {
    const stand = new NotifierStand();
    stand.notifier.pause("a");
    stand.notifier.notify([
      notificationOf({ id: "al_1", severity: "low" }),
      notificationOf({ id: "al_2", severity: "critical" }),
      notificationOf({ id: "al_3", severity: "high" }),
    ]);
    await settled();
    expect(stand.a.ids).toEqual([]);
    expect(stand.notifier.readings()[0]).toMatchObject({ name: "a", isPaused: true, queued: 3 });
    stand.notifier.resume("a");
    await settled();
    expect(stand.a.ids).toEqual(["al_2", "al_3", "al_1"]);
  });

  test("keeps to a rate, and drops nothing for it", async () => {
    const stand = new NotifierStand({ a: { rate: { perMinute: 6, burst: 2 } } });
    await stand.notify("al_1", "al_2", "al_3", "al_4");
    expect(stand.a.ids).toEqual(["al_1", "al_2"]);
    await stand.clock.advance(9_999);
    expect(stand.a.ids).toHaveLength(2);
    await stand.clock.advance(10_001);
    expect(stand.a.ids).toEqual(["al_1", "al_2", "al_3", "al_4"]);
  });

  test("is quiet in quiet hours, but for what passes, and tells the rest when they are over", async () => {
    const quietHours = [{ zone: "UTC", from: "09:00", to: "10:00", passes: ["critical"] }];
    const stand = new NotifierStand({ a: { quietHours } });
    stand.notifier.notify([notificationOf({ id: "al_1" }), notificationOf({ id: "al_2", severity: "critical" })]);
    await settled();
    expect(stand.a.ids).toEqual(["al_2"]);
    await stand.clock.advance(29 * 60_000);
    expect(stand.a.ids).toEqual(["al_2"]);
    await stand.clock.advance(2 * 60_000);
    expect(stand.a.ids).toEqual(["al_2", "al_1"]);
  });

  test("makes one of many that are alike", async () => {
    const stand = new NotifierStand({ a: { groupSeconds: 60 } });
    const alike = (id: string) => notificationOf({ id, dedupKey: "exec web-1" });
    stand.notifier.notify([alike("al_1")]);
    await settled();
    stand.notifier.notify(["al_2", "al_3", "al_4"].map(alike));
    await stand.clock.advance(60_000);
    expect(stand.a.sent).toMatchObject([
      { id: "al_1", count: 1 },
      { id: "al_2", count: 3 },
    ]);
  });
});

describe("a sink that fails", () => {
  test("is tried three times, after waits that grow, and then the delivery is a dead letter", async () => {
    const stand = new NotifierStand();
    stand.a.failWith("http_failed");
    await stand.notify("al_1");
    expect(stand.a.attempts).toBe(1);
    await stand.clock.advance(1_499);
    expect(stand.a.attempts).toBe(1);
    await stand.clock.advance(1);
    expect(stand.a.attempts).toBe(2);
    await stand.clock.advance(2_500);
    expect(stand.a.attempts).toBe(3);
    await stand.clock.advance(600_000);
    expect(stand.a.attempts).toBe(3);
    expect(stand.outbox.deadLetters({ sink: "a" }).letters).toMatchObject([
      { notification: { id: "al_1" }, reason: "attempts_exhausted", lastError: "http_failed", attempts: 3 },
    ]);
    expect(stand.attempts.filter(({ sink }) => sink === "a")).toMatchObject([
      { outcome: "failed", isRetry: false, code: "http_failed" },
      { outcome: "failed", isRetry: true },
      { outcome: "dead", isRetry: true },
    ]);
  });

  test("that says no for good is not asked again", async () => {
    const stand = new NotifierStand();
    stand.a.failWith("http_gone");
    await stand.notify("al_1");
    await stand.clock.advance(60_000);
    expect(stand.a.attempts).toBe(1);
    expect(stand.outbox.deadLetters().letters).toMatchObject([{ reason: "refused", lastError: "http_gone" }]);
  });

  test("is given the time that it asks for, for everything", async () => {
    const stand = new NotifierStand();
    stand.a.failWith("throttled", { retryAfterMs: 30_000 });
    await stand.notify("al_1", "al_2");
    stand.a.work();
    await stand.clock.advance(29_999);
    expect(stand.a.attempts).toBe(1);
    await stand.clock.advance(1);
    expect(stand.a.ids).toEqual(["al_1", "al_2"]);
  });

  test("is left alone after five failures, probed after 30 s, and works again after two successes", async () => {
    const stand = new NotifierStand();
    stand.a.failWith("connect_failed");
    await stand.notify("al_1", "al_2", "al_3", "al_4", "al_5", "al_6", "al_7");
    expect(stand.a.attempts).toBe(5);
    expect(stand.notifier.readings()[0]).toMatchObject({
      breaker: "open",
      queued: 7,
      lastFailure: { code: "connect_failed" },
    });
    await stand.clock.advance(29_999);
    expect(stand.a.attempts).toBe(5);
    await stand.clock.advance(1);
    expect(stand.a.attempts).toBe(6);
    stand.a.work();
    await stand.clock.advance(30_000);
    expect(stand.a.ids.toSorted()).toEqual(["al_1", "al_2", "al_3", "al_4", "al_5", "al_6", "al_7"]);
    expect(stand.recovered).toEqual(["a"]);
    expect(stand.notifier.readings()[0]).toMatchObject({ breaker: "closed", queued: 0, dead: 0 });
  });

  test("is not blamed for a message that it refuses", async () => {
    const stand = new NotifierStand();
    stand.a.failWith("http_rejected");
    await stand.notify("al_1", "al_2", "al_3", "al_4", "al_5", "al_6");
    expect(stand.a.attempts).toBe(6);
    expect(stand.notifier.readings()[0]).toMatchObject({ breaker: "closed", dead: 6, tallies: { refused: 6 } });
  });

  test("that hangs, and takes no notice of being called off, stalls nobody else", async () => {
    const stand = new NotifierStand({ a: { attemptTimeoutSeconds: 1 } });
    stand.a.hang();
    stand.notifier.notify(["al_1", "al_2"].map((id) => notificationOf({ id, ruleId: "both" })));
    await settled();
    expect(stand.b.ids).toEqual(["al_1", "al_2"]);
    const attempt = () => stand.attempts.find(({ sink }) => sink === "a");
    await expect.poll(attempt, { timeout: 8_000 }).toMatchObject({ code: "attempt_timeout" });
  });

  test("that throws what nobody knows is a failure like others", async () => {
    const stand = new NotifierStand();
    stand.a.behaviour = () => Promise.reject(new TypeError("secret"));
    await stand.notify("al_1");
    expect(stand.attempts).toMatchObject([{ outcome: "failed", code: "unexpected" }]);
    expect(JSON.stringify(stand.notifier.readings())).not.toContain("secret");
  });
});

describe("failures are heard of", () => {
  test("through another sink, and by whoever runs the notifier", async () => {
    const stand = new NotifierStand();
    stand.a.failWith("http_gone");
    await stand.notify("al_1");
    expect(stand.b.sent).toMatchObject([
      {
        title: "Alert sink a fails",
        severity: "high",
        ruleId: "holdfast.sink-failure",
        host: "web-1",
        seq: 0,
        summary: "Alerts were given up; they are kept as dead letters. a says no",
        details: { sink: "a", cause: "dead_letter", code: "http_gone" },
      },
    ]);
    expect(stand.failures).toEqual([
      { sink: "a", cause: "dead_letter", code: "http_gone", message: "a says no", count: 1, toldThrough: "b" },
    ]);
  });

  test("once in five minutes for each sink, with how many there were since", async () => {
    const stand = new NotifierStand();
    stand.a.failWith("http_rejected");
    await stand.notify("al_1", "al_2", "al_3");
    expect(stand.b.sent).toHaveLength(1);
    expect(stand.failures.map(({ toldThrough }) => toldThrough)).toEqual(["b", undefined, undefined]);
    await stand.clock.advance(300_000);
    await stand.notify("al_4");
    expect(stand.b.sent[1]).toMatchObject({ count: 3 });
  });

  test("and two sinks that fail do not tell of each other for ever", async () => {
    const stand = new NotifierStand({ a: { failuresTo: "b" }, b: { failuresTo: "a" } });
    stand.a.failWith("http_gone");
    stand.b.failWith("http_gone");
    await stand.notify("al_1");
    await stand.clock.advance(3_600_000);
    expect([stand.a.attempts, stand.b.attempts]).toEqual([1, 1]);
    expect(stand.failures).toMatchObject([
      { sink: "a", toldThrough: "b" },
      { sink: "b", cause: "dead_letter", toldThrough: undefined },
    ]);
    expect(stand.outbox.deadLetters().letters).toMatchObject([{ isNotice: false }, { isNotice: true }]);
  });

  test("by its operator alone when there is no other sink", async () => {
    const stand = new NotifierStand({}, {}, ({ a }) => [a.configured()]);
    stand.a.failWith("http_gone");
    await stand.notify("al_1");
    expect(stand.failures).toMatchObject([{ sink: "a", toldThrough: undefined }]);
  });

  test("through the sink that is named, or one that works", async () => {
    const c = new FakeSink("c");
    const stand = new NotifierStand({}, {}, ({ a, b }) => [
      a.configured({ failuresTo: "b" }),
      c.configured(),
      b.configured(),
    ]);
    stand.a.failWith("http_gone");
    await stand.notify("al_1");
    expect(stand.failures[0]).toMatchObject({ sink: "a", toldThrough: "b" });
    stand.a.work();
    stand.b.failWith("http_gone");
    stand.notifier.pause("a");
    await stand.notify("al_2");
    expect(stand.failures[1]).toMatchObject({ sink: "b", toldThrough: "c" });
  });

  test("when a queue overflows, and when a breaker opens", async () => {
    const stand = new NotifierStand({}, { mostQueuedPerSink: 5 });
    stand.a.failWith("connect_failed");
    await stand.notify("al_1", "al_2", "al_3", "al_4", "al_5", "al_6", "al_7");
    expect(stand.failures).toMatchObject([
      { sink: "a", cause: "queue_full", count: 2, toldThrough: "b" },
      { sink: "a", cause: "breaker_opened", code: "connect_failed", toldThrough: undefined },
    ]);
  });

  test("when what tells of it does not find room either, which is told by nobody", async () => {
    const stand = new NotifierStand({ a: { route: { rules: ["a-only"] } } }, { mostQueuedPerSink: 1 });
    stand.notifier.pause("b");
    stand.notifier.notify([notificationOf({ id: "al_1", ruleId: "b-only", severity: "critical" })]);
    stand.a.failWith("http_gone");
    stand.notifier.notify([notificationOf({ id: "al_2", ruleId: "a-only" })]);
    await settled();
    expect(stand.failures.map(({ sink, cause, toldThrough }) => [sink, cause, toldThrough])).toEqual([
      ["b", "queue_full", undefined],
      ["a", "dead_letter", "b"],
    ]);
  });

  test("when some recipients are refused while others have the mail", async () => {
    const stand = new NotifierStand();
    stand.a.behaviour = async () => ({ isConfirmed: true, refusedRecipients: 2 });
    await stand.notify("al_1");
    expect(stand.failures).toMatchObject([{ cause: "recipients_refused", toldThrough: "b" }]);
    expect(stand.notifier.readings()[0]).toMatchObject({ queued: 0, dead: 0 });
  });

  test("and a hook that throws ends nothing", async () => {
    const stand = new NotifierStand();
    await stand.notifier.close(0);
    stand.outbox.close();
    stand.outbox = stand.openOutbox();
    const { Notifier } = await import("./notifier.ts");
    const fail = () => {
      throw new NotifyError("unexpected", "a hook's own mistake");
    };
    stand.notifier = new Notifier({
      outbox: stand.outbox,
      sinks: [stand.a.configured(), stand.b.configured({ route: { rules: ["x"] } })],
      clock: stand.clock,
      hooks: { onAttempt: fail, onSinkFailure: fail, onTrouble: fail },
    });
    await stand.notify("al_1", "al_2");
    stand.a.failWith("http_gone");
    await stand.notify("al_3");
    expect(stand.a.ids).toEqual(["al_1", "al_2"]);
    expect(stand.b.sent).toHaveLength(1);
  });
});

describe("dead letters", () => {
  test("are delivered when they are tried again", async () => {
    const stand = new NotifierStand();
    stand.a.failWith("http_gone");
    await stand.notify("al_1");
    stand.a.work();
    expect(stand.notifier.retryDead("all")).toBe(1);
    await settled();
    expect(stand.a.ids).toEqual(["al_1"]);
  });

  test("grow old while the clock can be trusted, and not by a clock that was set", async () => {
    const stand = new NotifierStand({}, { deadMaxAgeMs: 5_000_000 });
    stand.a.failWith("http_gone");
    await stand.notify("al_1");
    stand.clock.jump(86_400_000);
    await stand.clock.advance(3_600_000);
    expect(stand.outbox.deadLetters().letters).toHaveLength(1);
    await stand.clock.advance(3_600_000);
    expect(stand.outbox.deadLetters().letters).toHaveLength(0);
    expect(stand.outbox.counts().get("a")?.tallies).toMatchObject({ expired: 1 });
  });
});

describe("a clock that is set", () => {
  test.each([86_400_000, -86_400_000])("by %i ms changes nothing about when a retry comes", async (jump) => {
    const stand = new NotifierStand();
    stand.a.failWith("http_failed");
    await stand.notify("al_1");
    stand.clock.jump(jump);
    stand.a.work();
    await stand.notify("al_2");
    expect(stand.a.ids).toEqual(["al_2"]);
    await stand.clock.advance(1_499);
    expect(stand.a.ids).toEqual(["al_2"]);
    await stand.clock.advance(1);
    expect(stand.a.ids).toEqual(["al_2", "al_1"]);
  });
});

describe("ending", () => {
  test("delivers what can be delivered now, and keeps the rest", async () => {
    const stand = new NotifierStand();
    stand.b.failWith("http_failed");
    stand.notifier.notify(["al_1", "al_2"].map((id) => notificationOf({ id, ruleId: "both" })));
    const closing = stand.notifier.close(60_000);
    await closing;
    expect(stand.a.ids).toEqual(["al_1", "al_2"]);
    expect(stand.outbox.counts().get("b")).toMatchObject({ queued: 2, sending: 0 });
    expect(() => stand.notifier.notify([])).toThrow(expect.objectContaining({ code: "notifier_closed" }));
  });

  test("calls off what hangs when its time is over, and the next process sends it", async () => {
    const stand = new NotifierStand();
    stand.a.hang();
    await stand.notify("al_1", "al_2");
    const closing = stand.notifier.close(5_000);
    await stand.clock.advance(5_000);
    await closing;
    stand.outbox.close();
    stand.outbox = stand.openOutbox();
    stand.a.work();
    stand.notifier = stand.start([stand.a.configured(), stand.b.configured()]);
    await settled();
    expect(stand.a.ids).toEqual(["al_1", "al_2"]);
  });
});

describe("reloading", () => {
  test("keeps what waits for a sink that stays, and makes dead letters of what waits for one that goes", async () => {
    const stand = new NotifierStand();
    stand.notifier.pause();
    stand.notifier.notify([notificationOf({ id: "al_1", ruleId: "both" })]);
    const c = new FakeSink("c");
    const reloading = stand.notifier.reload([stand.a.configured({ groupSeconds: 1 }), c.configured()]);
    await stand.clock.advance(0);
    await reloading;
    await settled();
    expect(stand.a.ids).toEqual(["al_1"]);
    expect(stand.outbox.deadLetters().letters).toMatchObject([{ sink: "b", reason: "sink_removed" }]);
    expect(stand.failures).toMatchObject([{ sink: "b", cause: "sink_removed", count: 1 }]);
    await stand.notify("al_2");
    expect(c.ids).toEqual(["al_2"]);
    expect(stand.notifier.retryDead("all")).toBe(0);
  });

  test("waits for an attempt that is under way, and not for ever", async () => {
    const stand = new NotifierStand();
    stand.a.hang();
    await stand.notify("al_1");
    const reloading = stand.notifier.reload([stand.a.configured(), stand.b.configured()]);
    stand.a.work();
    await stand.clock.advance(5_000);
    await reloading;
    await settled();
    expect(stand.a.ids).toEqual(["al_1"]);
  });

  test("twice at once ends with the second", async () => {
    const stand = new NotifierStand();
    const reloads = [stand.notifier.reload([stand.a.configured()]), stand.notifier.reload([stand.b.configured()])];
    await stand.clock.advance(0);
    await Promise.all(reloads);
    expect(stand.notifier.readings().map(({ name }) => name)).toEqual(["b"]);
  });
});

describe("one sink", () => {
  test("is asked how it is, and tried, past its queue", async () => {
    const stand = new NotifierStand();
    stand.notifier.pause("b");
    expect(await stand.notifier.check("b", never)).toEqual({ isHealthy: true, reached: "writable" });
    await stand.notifier.try("b", notificationOf({ id: "try" }), never);
    expect(stand.b.ids).toEqual(["try"]);
  });

  test("that does not exist is refused by name", () => {
    const { notifier } = new NotifierStand();
    for (const ask of [() => notifier.pause("c"), () => notifier.resume("c"), () => notifier.check("c", never)]) {
      expect(ask).toThrow(expect.objectContaining({ code: "sink_unknown", message: "there is no sink c" }));
    }
  });
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { Notifier, openSinks, Outbox, parseSinks, type SinkSettings } from "@holdfast/notify";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { notifierOutbox } from "../alerts/index.ts";
import { NotifierSinks } from "./notifier-sinks.ts";
import { targetOf } from "./target.ts";

const { signal } = new AbortController();
const notification = {
  id: "al_b3d5f7h2j4l6n3p5r7t2v4x6z3",
  seq: 7,
  severity: "high",
  title: "A title",
  ruleId: "a-rule",
  host: "web-1",
  summary: "It happened",
  firstSeenAt: 1,
  lastSeenAt: 1,
  count: 1,
  details: {},
  attack: [],
  dedupKey: "a-rule x",
} as const;

function settingsOf(sinks: readonly unknown[]): readonly SinkSettings[] {
  const parsed = parseSinks(sinks);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.sinks;
}

let folder: string;
let outbox: Outbox;
let notifier: Notifier;
let sinks: NotifierSinks;
let written: PassThrough;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-sinks-"));
  outbox = Outbox.open({ path: join(folder, "outbox.db"), now: Date.now, onEvent: () => {} });
  written = new PassThrough();
  // A name that leads to loopback is refused, so that this one fails at once and for good.
  const settings = settingsOf([
    { name: "out", kind: "stdout" },
    { name: "far", kind: "syslog", host: "log.test" },
  ]);
  const opened = openSinks(settings, { stdout: written, lookup: () => Promise.resolve(["127.0.0.1"]) });
  if (!opened.ok) throw new Error(JSON.stringify(opened.issues));
  notifier = new Notifier({ outbox, sinks: opened.sinks, host: "web-1" });
  sinks = new NotifierSinks({ notifier, outbox, settings: () => settings, host: "web-1", now: () => 1000 });
});
afterEach(async () => {
  await notifier.close(0);
  outbox.close();
  rmSync(folder, { recursive: true });
});

/** Gives what both sinks get: the first delivers it, the second gives it up. */
async function notify(): Promise<void> {
  await notifierOutbox(notifier, outbox).enqueue([notification]);
  await vi.waitFor(() => expect(sinks.letters({ limit: 10 }).items).not.toEqual([]));
}

describe("the sinks of a notifier", () => {
  it("say where they send to and how they do", async () => {
    await notify();
    await vi.waitFor(() => expect(sinks.list()[0]).toHaveProperty("lastDeliveredAt"));
    const [out, far] = sinks.list();
    expect(out).toMatchObject({ name: "out", kind: "stdout", target: "standard output", state: "healthy" });
    expect(far).toMatchObject({ name: "far", target: "tls://log.test:6514", state: "failing", deadLetters: 1 });
    expect(far?.lastError).toMatch(/^address_refused: /);
    expect(outbox.watermark).toBe(7);
  });

  it("are tested past their queues, and a test says that it is one", async () => {
    expect(await sinks.test("out", signal)).toMatchObject({ sink: "out", delivered: true });
    expect(String(written.read())).toContain("This is a test");
    expect(await sinks.test("far", signal)).toMatchObject({
      delivered: false,
      detail: expect.stringMatching(/^address_refused/) as string,
    });
    expect(sinks.test("nowhere", signal)).toBeUndefined();
  });

  it("are checked without anything being sent", async () => {
    expect(await sinks.check("out", signal)).toMatchObject({ sink: "out", healthy: true, detail: "writable" });
    expect(written.read()).toBeNull();
    expect(await sinks.check("far", signal)).toMatchObject({
      healthy: false,
      detail: expect.stringMatching(/^address_refused/) as string,
    });
    expect(sinks.check("nowhere", signal)).toBeUndefined();
  });
});

describe("dead letters", () => {
  it("are listed, counted, queued again and forgotten, by their ids or by sink", async () => {
    await notify();
    const [letter] = sinks.letters({ sink: "far", limit: 10 }).items;
    const { id } = letter!;
    expect(letter).toMatchObject({ sink: "far", alert: notification.id, title: "A title", reason: "refused" });
    expect(sinks.letters({ sink: "far", after: id, limit: 10 }).items).toEqual([]);
    expect([{ ids: [id, "999", "zero"] }, { sink: "far" }, { sink: "out" }].map((one) => sinks.count(one))).toEqual([
      1, 1, 0,
    ]);
    sinks.retry({ ids: [id] });
    await vi.waitFor(() => expect(sinks.count({ sink: "far" })).toBe(1));
    sinks.retry({ sink: "far" });
    await vi.waitFor(() => expect(sinks.count({ sink: "far" })).toBe(1));
    sinks.drop({ ids: ["zero", id] });
    expect(sinks.count({ sink: "far" })).toBe(0);
    await Promise.resolve(sinks.drop({ sink: "far" }));
  });
});

it("where a sink sends to says nothing that may be its secret", () => {
  const targets = settingsOf([
    { name: "hook", kind: "webhook", url: "https://hooks.example.org/T0/B0/secret?key=1", secretFile: "/run/secret" },
    { name: "chat", kind: "slack", urlFile: "/run/url" },
    { name: "mail", kind: "smtp", host: "mail.example.org", from: "a@example.org", to: ["b@example.org"] },
  ]).map(targetOf);
  expect(targets).toEqual([
    "https://hooks.example.org",
    "an address that is kept as a secret",
    expect.stringMatching(/^mail\.example\.org:\d+, to b@example\.org$/),
  ]);
});

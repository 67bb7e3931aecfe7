import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { randomFrom } from "../faults/random.ts";
import { notifying } from "../program/program.ts";
import { openFolder } from "./daemon.ts";
import { type Arrival, startReceiver } from "./receiver.ts";

const ALERTS = 120;
const MOST_LIVES = 40;

interface Life {
  readonly process: ChildProcess;
  readonly said: () => string;
  readonly ended: Promise<number | null>;
}

function begin(wanted: object, stdout: "ignore" | "pipe" = "ignore"): Life {
  const child = spawn(process.execPath, [notifying.main, JSON.stringify(wanted)], {
    env: { ...process.env, ...notifying.env },
    stdio: ["ignore", stdout, "pipe"],
  });
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  onTestFinished(() => void child.kill("SIGKILL"));
  return { process: child, said: () => said, ended };
}

test("killed at any moment, everything that was taken in arrives, each under one id that never means another alert", async () => {
  const random = randomFrom(20_260_302);
  let killAfter = Number.POSITIVE_INFINITY;
  let life: Life | undefined;
  const receiver = await startReceiver((response, before) => {
    const isLast = before >= killAfter;
    if (isLast && random(2) === 0) life?.process.kill("SIGKILL");
    response.writeHead(204).end(() => {
      if (isLast) life?.process.kill("SIGKILL");
    });
  });
  const wanted = {
    path: join(openFolder(), "outbox.db"),
    sinks: [{ ...receiver.webhook, groupSeconds: 0 }],
    alerts: ALERTS,
  };
  let lives = 0;
  let exitCode: number | null = null;
  while (exitCode !== 0 && lives < MOST_LIVES) {
    killAfter = receiver.arrivals.length + random(12);
    // Later lives are left alone: how often a machine kills says nothing about how far it gets.
    if (lives > 12) killAfter = Number.POSITIVE_INFINITY;
    life = begin(wanted);
    exitCode = await life.ended;
    lives += 1;
  }
  expect(life?.said()).toContain("done");
  expect(lives).toBeGreaterThan(5);
  const expected = Array.from({ length: ALERTS }, (_, index) => `al_${index + 1}`);
  expect([...new Set(receiver.arrivals.map(({ id }) => id))].toSorted(byNumber)).toEqual(expected);
  for (const { id, title } of receiver.arrivals) expect(title).toBe(`alert ${id.slice(3)}`);
}, 120_000);

test("killed between taking in and telling, everything is told by the next process", async () => {
  let isDeaf = true;
  const receiver = await startReceiver((response) => {
    if (!isDeaf) response.writeHead(204).end();
  });
  const wanted = {
    path: join(openFolder(), "outbox.db"),
    sinks: [{ ...receiver.webhook, groupSeconds: 0 }],
    alerts: 30,
  };
  const first = begin(wanted);
  await expect.poll(first.said, { timeout: 20_000 }).toContain("taken in");
  first.process.kill("SIGKILL");
  await first.ended;
  isDeaf = false;
  const second = begin(wanted);
  expect(await second.ended).toBe(0);
  expect(second.said()).toContain("resumed");
  expect(alertsAmong(receiver.arrivals)).toBe(30);
}, 60_000);

const alertsAmong = (arrivals: readonly Arrival[]) =>
  new Set(arrivals.map(({ id }) => id).filter((id) => id.startsWith("al_"))).size;

const byNumber = (one: string, other: string) => Number(one.slice(3)) - Number(other.slice(3));

test("a reader of standard output that hangs keeps no webhook waiting, and the process does not hang with it", async () => {
  const receiver = await startReceiver();
  const sinks = [
    { ...receiver.webhook, groupSeconds: 0 },
    { name: "out", kind: "stdout", attemptTimeoutSeconds: 1 },
  ];
  const wanted = { path: join(openFolder(), "outbox.db"), sinks, alerts: 600, without: "out" };
  // A pipe that nobody reads: it is full after 64 KiB.
  const life = begin(wanted, "pipe");
  expect(await life.ended).toBe(0);
  expect(alertsAmong(receiver.arrivals)).toBe(600);
}, 60_000);

test("a reader of standard output that went away does not end the process", async () => {
  const receiver = await startReceiver();
  const sinks = [
    { ...receiver.webhook, groupSeconds: 0 },
    { name: "out", kind: "stdout" },
  ];
  const wanted = { path: join(openFolder(), "outbox.db"), sinks, alerts: 50, without: "out" };
  const life = begin(wanted, "pipe");
  life.process.stdout?.destroy();
  expect(await life.ended).toBe(0);
  expect(alertsAmong(receiver.arrivals)).toBe(50);
  expect(receiver.arrivals.some(({ title }) => title === "Alert sink out fails")).toBe(true);
}, 60_000);

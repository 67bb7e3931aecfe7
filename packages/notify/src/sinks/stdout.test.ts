import { PassThrough, Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import { notificationOf } from "../notification.fixture.ts";
import { stdoutSink } from "./stdout.ts";

const never = new AbortController().signal;

describe("standard output", () => {
  test("gets a line of JSON for each notification", async () => {
    const stream = new PassThrough();
    const sink = stdoutSink({ name: "out", stream, timeoutMs: 1_000 });
    await sink.send(notificationOf({ title: "two\nlines" }), never);
    await expect(sink.send(notificationOf({ id: "al_8" }), never)).resolves.toEqual({ isConfirmed: true });
    const lines = String(stream.read()).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { type: "alert.raised", id: "al_7", title: "two\nlines", severity: "high" },
      { type: "alert.raised", id: "al_8" },
    ]);
    expect(await sink.check(never)).toEqual({ isHealthy: true, reached: "writable" });
  });

  test("is told nothing that acts on a terminal or hides, and means the same", async () => {
    const stream = new PassThrough();
    const title = "\u009b2J\u202egpj\u200b\u007f";
    await stdoutSink({ name: "out", stream, timeoutMs: 1_000 }).send(notificationOf({ title }), never);
    const line = String(stream.read());
    expect(line).toContain(String.raw`\u009b2J\u202egpj\u200b\u007f`);
    expect(JSON.parse(line)).toMatchObject({ title });
  });

  test("whose reader hangs fails in time, and never holds a second line in memory", async () => {
    let finish: (() => void) | undefined;
    let writes = 0;
    const stream = new Writable({
      write(_chunk, _encoding, callback) {
        writes += 1;
        finish = callback;
      },
    });
    const sink = stdoutSink({ name: "out", stream, timeoutMs: 10 });
    await expect(sink.send(notificationOf(), never)).rejects.toMatchObject({ code: "write_stalled" });
    await expect(sink.send(notificationOf(), never)).rejects.toMatchObject({ code: "write_stalled" });
    expect(await sink.check(never)).toMatchObject({ isHealthy: false, code: "write_stalled" });
    expect(writes).toBe(1);
    finish?.();
    await expect.poll(() => sink.check(never)).toMatchObject({ isHealthy: true });
  });

  test("whose reader went away is a failure, and not the end of the process", async () => {
    const stream = new Writable({
      write(_chunk, _encoding, callback) {
        callback(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
      },
    });
    const sink = stdoutSink({ name: "out", stream, timeoutMs: 1_000 });
    await expect(sink.send(notificationOf(), never)).rejects.toMatchObject({ code: "pipe_broken" });
    await expect(sink.send(notificationOf(), never)).rejects.toMatchObject({ code: "pipe_broken" });
    expect(await sink.check(never)).toMatchObject({ isHealthy: false, code: "pipe_broken" });
  });

  test("is listened to once, however often its settings are read", () => {
    const stream = new PassThrough();
    for (let reloads = 0; reloads < 20; reloads += 1) stdoutSink({ name: "out", stream, timeoutMs: 10 });
    expect(stream.listenerCount("error")).toBe(1);
  });

  test("is let go when it is called off", async () => {
    const sink = stdoutSink({ name: "out", stream: new Writable({ write() {} }), timeoutMs: 10_000 });
    await expect(sink.send(notificationOf(), AbortSignal.abort())).rejects.toMatchObject({ code: "cancelled" });
  });
});

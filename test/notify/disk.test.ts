import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Notifier, Outbox } from "@holdfast/notify";
import { expect, onTestFinished, test } from "vitest";
import { notificationOf } from "../../packages/notify/src/notification.fixture.ts";
import { openFolder } from "./daemon.ts";
import { startReceiver } from "./receiver.ts";
import { configuredSinks } from "./sinks.ts";

/** A disk of a megabyte; false where this user may not mount one. */
function smallDisk(path: string): boolean {
  mkdirSync(path, { mode: 0o700 });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", path], { stdio: "ignore" });
  } catch {
    return false;
  }
  onTestFinished(() => void execFileSync("umount", ["-l", path]));
  return true;
}

test("a full disk: what cannot be kept is refused, what was taken in arrives when there is space, and the watermark tells the two apart", async ({
  skip,
}) => {
  const disk = join(openFolder(), "disk");
  skip(process.getuid?.() !== 0 || !smallDisk(disk), "a small disk can be mounted by root only");
  const ballast = join(disk, "ballast");
  writeFileSync(ballast, Buffer.alloc(400 * 1024));
  const receiver = await startReceiver();
  const outbox = Outbox.open({ path: join(disk, "outbox.db"), now: Date.now, onEvent: () => undefined });
  const troubles: string[] = [];
  const notifier = new Notifier({
    outbox,
    sinks: configuredSinks([{ ...receiver.webhook, groupSeconds: 0 }]),
    hooks: { onTrouble: ({ code }) => troubles.push(code) },
  });
  notifier.pause();
  const details = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`d${index}`, "x".repeat(1_000)]));
  const alert = (seq: number) => notificationOf({ id: `al_${seq}`, seq, details });
  const fill = () => {
    for (let seq = 1; seq < 1_000; seq += 1) notifier.notify([alert(seq)], seq);
  };
  expect(fill).toThrow(expect.objectContaining({ code: "outbox_failed", isTransient: true }));
  const watermark = outbox.watermark ?? 0;
  expect(watermark).toBeGreaterThan(3);
  notifier.resume();
  await expect.poll(() => troubles, { timeout: 10_000 }).toContain("outbox_failed");
  rmSync(ballast);
  await expect.poll(() => outbox.counts().get("hook")?.queued ?? 0, { timeout: 20_000 }).toBe(0);
  notifier.notify([alert(watermark + 1)], watermark + 1);
  await notifier.close(10_000);
  const ids = new Set(receiver.arrivals.map(({ id }) => id));
  expect(ids).toEqual(new Set(Array.from({ length: watermark + 1 }, (_, index) => `al_${index + 1}`)));
  outbox.close();
}, 60_000);

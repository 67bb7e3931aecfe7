import { join } from "node:path";
import { Notifier, Outbox, type SinkFailure } from "@holdfast/notify";
import { describe, expect, onTestFinished, test } from "vitest";
import { notificationOf } from "../../packages/notify/src/notification.fixture.ts";
import { openFolder } from "./daemon.ts";
import { startExim, whyNoExim } from "./exim.ts";
import { startReceiver } from "./receiver.ts";
import { startRsyslogd, whyNoRsyslogd } from "./rsyslogd.ts";
import { configuredSinks } from "./sinks.ts";

const whyNot = whyNoExim() ?? whyNoRsyslogd();

function telling(settings: readonly object[], failures: SinkFailure[]): Notifier {
  const outbox = Outbox.open({ path: join(openFolder(), "outbox.db"), now: Date.now, onEvent: () => undefined });
  const hooks = { onSinkFailure: (failure: SinkFailure) => failures.push(failure) };
  const notifier = new Notifier({ outbox, sinks: configuredSinks(settings), host: "web-1", hooks });
  onTestFinished(async () => {
    await notifier.close(0);
    outbox.close();
  });
  return notifier;
}

describe.skipIf(whyNot !== undefined)(`several sinks${whyNot === undefined ? "" : ` (${whyNot})`}`, () => {
  test("a webhook that hangs keeps mail and syslog from nothing, and mail tells that it hangs", async () => {
    const [mail, log] = [await startExim(), await startRsyslogd("tls")];
    const hook = await startReceiver(() => undefined);
    const failures: SinkFailure[] = [];
    const notifier = telling(
      [
        {
          ...hook.webhook,
          responseTimeoutSeconds: 0.2,
          retry: { attempts: 2, initialSeconds: 0.1, maxSeconds: 1 },
          failuresTo: "mail",
        },
        {
          name: "mail",
          kind: "smtp",
          host: "localhost",
          port: mail.port,
          allowLoopback: true,
          caFile: mail.caFile,
          from: "holdfast@example.org",
          to: ["ops@example.org"],
        },
        { name: "log", kind: "syslog", host: "localhost", port: log.port, allowLoopback: true, caFile: log.caFile },
      ],
      failures,
    );
    notifier.notify(
      [1, 2, 3].map((seq) => notificationOf({ id: `al_${seq}`, seq })),
      3,
    );
    await expect.poll(() => log.records().length, { timeout: 10_000 }).toBe(3);
    await expect.poll(() => mail.mails("ops").length, { timeout: 15_000 }).toBe(4);
    expect(
      mail.mails("ops").filter((text) => text.includes("Subject: [high] Alert sink hook fails on web-1")),
    ).toHaveLength(1);
    expect(failures[0]).toMatchObject({
      sink: "hook",
      cause: "dead_letter",
      code: "response_timeout",
      toldThrough: "mail",
    });
    expect(new Set(hook.arrivals.map(({ id }) => id))).toContain("al_1");
  });
});

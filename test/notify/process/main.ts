// What tests kill: takes alerts in from where the outbox says that it stopped, as an agent does from its ledger, and
// delivers them. Ends by itself when nothing waits any more. Its one argument is JSON, see `Wanted`.

import { setTimeout as sleep } from "node:timers/promises";
import { type Notification, Notifier, openSinks, Outbox, parseSinks } from "@holdfast/notify";

interface Wanted {
  readonly path: string;
  readonly sinks: readonly object[];
  /** Alerts that the ledger holds. */
  readonly alerts: number;
  /** A name of a sink that is not waited for. */
  readonly without?: string;
}

const { path, sinks: settings, alerts, without } = JSON.parse(process.argv[2] ?? "") as Wanted;

const alertOf = (seq: number): Notification => ({
  id: `al_${seq}`,
  seq,
  severity: "high",
  title: `alert ${seq}`,
  ruleId: "exec-from-tmp",
  host: "web-1",
  summary: "x".repeat(seq % 100),
  firstSeenAt: seq,
  lastSeenAt: seq,
  count: 1,
  details: {},
  attack: [],
});

const parsed = parseSinks(settings);
if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
const opened = openSinks(parsed.sinks);
if (!opened.ok) throw new Error(JSON.stringify(opened.issues));
const outbox = Outbox.open({ path, now: Date.now, onEvent: ({ kind }) => console.error(kind) });
const notifier = new Notifier({ outbox, sinks: opened.sinks });
console.error("started");
for (let seq = (outbox.watermark ?? 0) + 1; seq <= alerts; seq += 1) {
  notifier.notify([alertOf(seq)], seq);
  if (seq % 3 === 0) await sleep(1);
}
console.error("taken in");
const waits = () => notifier.readings().some(({ name, queued, sending }) => name !== without && queued + sending > 0);
while (waits()) await sleep(10);
console.error("done");
await notifier.close(500);
outbox.close();
// A line that nobody takes would keep it from ending by itself.
process.exit();

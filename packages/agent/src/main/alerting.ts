import type { Logger } from "@holdfast/engine";
import type { Duty } from "@holdfast/spine";
import { AlertRecorder, alertSweep, isAlertSweepDue } from "../alerts/index.ts";
import type { AgentSettings } from "../settings/index.ts";
import type { Ending } from "./ending.ts";
import type { AgentLedger } from "./open-ledger.ts";
import type { AgentParts } from "./open-parts.ts";

const MINUTE_MS = 60_000;

export interface AlertingParts {
  readonly ledger: AgentLedger;
  readonly parts: Pick<AgentParts, "metrics" | "notification">;
  readonly settings: AgentSettings;
  readonly log: Logger;
  readonly ending: Ending;
}

/** What makes alerts of findings; it begins by telling what the ledger has and the outbox has not. */
export async function startRecorder(given: AlertingParts): Promise<AlertRecorder> {
  const { ledger, parts, settings, log, ending } = given;
  const { assembly, principal } = ledger;
  const recorder = new AlertRecorder({
    gate: assembly.gate,
    reads: assembly.reads,
    principal,
    idKey: assembly.keyring.subkeys.alertIds,
    outbox: parts.notification.outbox,
    log,
    now: Date.now,
    groupSeconds: settings.alerts.groupSeconds,
    maxAlertsPerHour: settings.alerts.maxPerRuleAndHour,
    onRaised: ({ severity }) => parts.metrics.alertRaised(severity),
  });
  const settle = () =>
    recorder.settle().catch((error: unknown) => {
      log.error({ err: error }, "repetitions of alerts are not counted yet; they are tried again in a minute");
    });
  await settle();
  const timer = setInterval(() => void settle(), MINUTE_MS);
  ending.at("detection", () => {
    clearInterval(timer);
    return settle();
  });
  return recorder;
}

/** Alerts that were kept long enough go, and silences that are over; their entries stay. */
export function alertDuty({ assembly, principal }: AgentLedger, { alerts }: AgentSettings): Duty {
  const { tenant } = principal;
  return {
    operation: alertSweep(alerts.keepDays),
    tenant,
    isDue: (now) => isAlertSweepDue(assembly.reads(), tenant, now, alerts.keepDays),
  };
}

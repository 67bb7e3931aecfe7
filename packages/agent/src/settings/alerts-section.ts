import { duration, integer, section } from "@holdfast/runtime";

const DAY = 86_400;

/** How findings become alerts, and how long these stay. */
export const alertsSection = section("What becomes of findings.", {
  groupSeconds: duration({
    summary: "Findings of one rule with one key are one alert until this long after the last of them.",
    default: 3_600,
    min: 1,
    max: 30 * DAY,
  }),
  maxPerRuleAndHour: integer({
    summary: "Alerts that one rule may raise in an hour.",
    default: 60,
    min: 1,
    max: 10_000,
  }),
  keepDays: integer({ summary: "Days after which an alert goes; its entry stays.", default: 90, min: 1, max: 3_650 }),
});

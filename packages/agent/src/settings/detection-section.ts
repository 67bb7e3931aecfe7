import { boolean, choice, duration, integer, list, path, section, text } from "@holdfast/runtime";

const rule = text({
  summary: "The id of a rule, or its beginning and *.",
  pattern: /^[\w.-]{1,128}\*?$/,
  form: "the id of a rule, or its beginning and *",
});

/** How rules are judged, and by what they are confined. */
export const detectionSection = section("How rules are judged.", {
  profile: choice({
    summary: "Which SQL rules may use.",
    choices: ["strict", "extended"],
    default: "strict",
    isReloadable: true,
  }),
  // Rules run unattended, and may come from anywhere; a query is typed by somebody who may look at everything here.
  queryProfile: choice({
    summary: "Which SQL `holdfast query` may use.",
    choices: ["strict", "extended"],
    default: "extended",
    isReloadable: true,
  }),
  rulesFolder: path({
    summary: "Folder of rules of one's own; rules in the data folder when not set.",
    isReloadable: true,
  }),
  enabled: list(rule, {
    summary: "Rules that run; all of them when empty.",
    maxItems: 5_000,
    isReloadable: true,
  }),
  disabled: list(rule, {
    summary: "Rules that do not run, whatever else says so.",
    maxItems: 5_000,
    isReloadable: true,
  }),
  timeoutSeconds: duration({ summary: "Time that one run may take.", default: 30, min: 1, max: 300 }),
  memoryMiB: integer({ summary: "Memory that one run may take.", default: 64, min: 16, max: 1_024 }),
  maxRows: integer({ summary: "Rows that one run may find.", default: 1_000, min: 1, max: 100_000 }),
  sandbox: choice({
    summary: "What the executor has to be confined by; less is an alarm.",
    choices: ["full", "partial", "none"],
    default: "partial",
  }),
  sandboxRequired: boolean({
    summary: "Whether nothing is judged at all by an executor that is confined by less.",
    default: false,
  }),
});

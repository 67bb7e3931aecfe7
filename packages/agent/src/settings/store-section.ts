import { choice, duration, integer, section } from "@holdfast/runtime";

const DAY = 86_400;

/** How events are kept. */
export const storeSection = section("The event store.", {
  maxMiB: integer({ summary: "Size at which the oldest events go.", default: 512, min: 16, max: 65_536 }),
  keepSeconds: duration({ summary: "Age at which events go.", default: 7 * DAY, min: 3_600, max: 400 * DAY }),
  batchRows: integer({ summary: "Rows of one transaction at most.", default: 1_000, min: 1, max: 10_000 }),
  batchSeconds: duration({ summary: "How long a row waits for others at most.", default: 5, min: 1, max: 60 }),
  queueRows: integer({ summary: "Rows that may wait to be written.", default: 10_000, min: 100, max: 1_000_000 }),
  backPressure: choice({
    summary: "What happens to rows that find no room.",
    choices: ["drop-oldest", "block-with-timeout", "spill-to-disk", "adaptive"],
    default: "spill-to-disk",
  }),
  blockSeconds: duration({ summary: "How long block-with-timeout waits.", default: 1, min: 1, max: 60 }),
  spillMiB: integer({ summary: "What spill-to-disk may take.", default: 64, min: 1, max: 4_096 }),
});

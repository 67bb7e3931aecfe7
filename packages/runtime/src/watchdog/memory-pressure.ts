/** `pressed`: from 80 % of the budget on, less is taken in. `exceeded`: the budget is broken, and somebody has to hear of it. */
export type PressureLevel = "normal" | "pressed" | "exceeded";

const PRESSED = 0.8;
/** Left at less than it was entered at, so that a use around a limit does not switch to and fro. */
const RELEASED = 0.75;
const EXCEEDED = 1;
const BACK_WITHIN = 0.95;

/** The level after a reading. Pure; `used` and `budget` in the same unit. */
export function nextPressure(level: PressureLevel, used: number, budget: number): PressureLevel {
  const share = used / budget;
  if (share >= EXCEEDED) return "exceeded";
  if (level === "exceeded" && share >= BACK_WITHIN) return "exceeded";
  if (share >= PRESSED) return "pressed";
  return level !== "normal" && share >= RELEASED ? "pressed" : "normal";
}

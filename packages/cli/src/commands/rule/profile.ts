import type { Profile } from "@holdfast/rules";
import type { Given, Option } from "../../command.ts";
import { usage } from "../../failure.ts";
import { textOption } from "../../given.ts";

export const profileOption: Option = {
  name: "profile",
  value: "profile",
  summary: "widest SQL that rules may use: strict or extended (extended; an agent's is in its settings)",
};

/** The widest profile that rules are judged by. */
export function profileOf(given: Given): Profile {
  const text = textOption(given, "profile") ?? "extended";
  if (text !== "strict" && text !== "extended") throw usage(`--profile takes strict or extended, not "${text}"`);
  return text;
}

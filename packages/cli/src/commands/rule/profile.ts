import type { Profile } from "@holdfast/rules";
import type { Command, Context, Given, Option } from "../../command.ts";
import { usage } from "../../failure.ts";
import { compact, textOption } from "../../given.ts";
import { remark } from "../../terminal/print.ts";

/** Option of a command that judges rules by any profile. */
export const profileOption: Option = {
  name: "profile",
  value: "profile",
  choices: ["strict", "extended"],
  summary: "widest SQL that rules may use: strict or extended (extended; `rules lint` says what an agent takes)",
};

/** Options of a command that judges rules as an agent does. */
export const agentProfileOptions: NonNullable<Command["options"]> = [
  {
    name: "profile",
    value: "profile",
    choices: ["strict", "extended"],
    summary: "widest SQL that rules may use: strict or extended (agent.detection.profile, as it is set here)",
  },
  { name: "config", value: "file", summary: "read this file of the agent's settings in place of those of this host" },
];

/** The widest profile that rules are judged by. */
export function profileOf(given: Given): Profile {
  return profileNamed(textOption(given, "profile") ?? "extended");
}

function profileNamed(text: string): Profile {
  if (text !== "strict" && text !== "extended") throw usage(`--profile takes strict or extended, not "${text}"`);
  return text;
}

/** A profile, and who says that it holds. */
export interface ChosenProfile {
  readonly profile: Profile;
  readonly origin: string;
}

const SETTING = "detection.profile";

/** The profile that an agent started here would judge rules by, unless another one is asked for. */
export async function profileOfAgent(context: Context, given: Given): Promise<ChosenProfile> {
  const asked = textOption(given, "profile");
  if (asked !== undefined) return { profile: profileNamed(asked), origin: "--profile" };
  const { shownSettings } = await import("@holdfast/agent");
  const told = { env: context.env, flags: {}, ...compact({ namedFile: textOption(given, "config") }) };
  try {
    const setting = shownSettings(told).find(({ name }) => name === SETTING);
    const isDefault = setting === undefined || setting.origin === "default";
    return {
      profile: profileNamed(setting?.value ?? "strict"),
      origin: isDefault ? `the default of agent.${SETTING}` : `agent.${SETTING}, ${setting.origin}`,
    };
  } catch (error) {
    // An agent would not start with them; the narrowest profile promises nothing that it would not hold.
    if (!isStartFailure(error)) throw error;
    remark(context, `the agent's settings cannot be used, so the profile strict is taken: ${firstOf(error.message)}`);
    return { profile: "strict", origin: `the default of agent.${SETTING}` };
  }
}

/** By its shape: the class is the agent's, which is loaded when this runs. */
const isStartFailure = (error: unknown): error is Error =>
  error instanceof Error && "hint" in error && "exitCode" in error;

/** Which setting is wrong stands in the second line. */
const firstOf = (message: string): string => message.split("\n").slice(0, 2).join("").trim();

/** Lines of defence around a process that judges data it does not trust, in the order in which they are drawn. */
export const featureNames = [
  "namespaces",
  "no_new_privileges",
  "capabilities",
  "own_user",
  "landlock",
  "not_traceable",
  "limits",
  "memory",
  "no_executable_memory",
  "seccomp",
] as const;

export type FeatureName = (typeof featureNames)[number];

/** What became of one line of defence: one that could not be drawn is a reported state, never a silent pass. */
export interface SandboxFeature {
  readonly name: FeatureName;
  /** `unavailable`: this system or this user cannot have it; `failed`: it should have worked and did not. */
  readonly state: "on" | "unavailable" | "failed";
  readonly detail: string;
}

export type SandboxLevel = "full" | "partial" | "none";

export interface SandboxReport {
  readonly level: SandboxLevel;
  readonly features: readonly SandboxFeature[];
}

const levels: readonly SandboxLevel[] = ["none", "partial", "full"];

/**
 * Lines without which a level is not `full`. A user of its own is not among them: only root can give one, and who is not
 * root has less to lose.
 */
const neededForFull: readonly FeatureName[] = [
  "namespaces",
  "no_new_privileges",
  "capabilities",
  "landlock",
  "not_traceable",
  "limits",
  "memory",
  "no_executable_memory",
  "seccomp",
];

/** One of these keeps files and network away by itself; without bounded memory neither counts. */
const barriers: readonly FeatureName[] = ["landlock", "seccomp"];

/** Why there is no sandbox on this system, for every line of it that would be drawn from inside. */
export function unavailableHere(): readonly SandboxFeature[] {
  return featureNames
    .filter((name) => name !== "namespaces")
    .map((name) => ({ name, state: "unavailable", detail: reasonHere() }));
}

function reasonHere(): string {
  switch (process.platform) {
    case "linux":
      return `the C library cannot be called on ${process.arch}: koffi has no binary that this Node can load`;
    case "darwin":
      return "macOS: a process can only be confined by interfaces that Apple has deprecated, or by signing it";
    case "win32":
      return "Windows: job objects and restricted tokens are not used";
    default:
      return `nothing is known of ${process.platform}`;
  }
}

/** Sums up features; each that nobody spoke of counts as unavailable. */
export function reportOf(found: readonly SandboxFeature[]): SandboxReport {
  const features = featureNames.map(
    (name): SandboxFeature =>
      found.find((feature) => feature.name === name) ?? { name, state: "unavailable", detail: "not tried" },
  );
  const isOn = (name: FeatureName): boolean => features.some((one) => one.name === name && one.state === "on");
  if (neededForFull.every(isOn)) return { level: "full", features };
  return { level: isOn("memory") && barriers.some(isOn) ? "partial" : "none", features };
}

/** What is not on, in words: lines that are missing for one reason share it. */
export function missingOf({ features }: SandboxReport): readonly string[] {
  const missing = features.filter(({ state }) => state !== "on");
  const byReason = Map.groupBy(missing, ({ detail }) => detail);
  return [...byReason].map(([detail, lines]) => `${lines.map(({ name }) => name).join(", ")}: ${detail}`);
}

/** Whether `level` is at least `minimum`. */
export function reaches(level: SandboxLevel, minimum: SandboxLevel): boolean {
  return levels.indexOf(level) >= levels.indexOf(minimum);
}

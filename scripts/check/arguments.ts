import { gates } from "./gates.ts";

/** Projects of `vitest.config.ts`: `-postgres` and `-plain` run on a PostgreSQL, the latter without its special features. */
export const projects: readonly string[] = ["unit", "unit-postgres", "e2e", "e2e-postgres", "e2e-plain", "faults"];

/** Which steps a run consists of, and what goes to vitest as it is. */
export interface ChosenSteps {
  readonly gates: readonly string[];
  readonly projects: readonly string[];
  readonly vitest: readonly string[];
  /** Coverage means something only when every test ran. */
  readonly isWhole: boolean;
}

/** Reads the arguments of `npm test -- …`; throws on a step that does not exist. */
export function chooseSteps(args: readonly string[]): ChosenSteps {
  const at = args.indexOf("--only");
  const only = at < 0 ? [] : namesOf(args[at + 1]);
  const vitest = at < 0 ? [...args] : args.toSpliced(at, 2);
  if (only.length > 0) {
    return { gates: pick(gateNames(), only), projects: pick(projects, only), vitest, isWhole: false };
  }
  const isWhole = vitest.length === 0;
  return { gates: isWhole ? gateNames() : [], projects, vitest, isWhole };
}

function namesOf(list: string | undefined): readonly string[] {
  const known = [...gateNames(), ...projects];
  const names = (list ?? "").split(",").filter((name) => name !== "");
  const wrong = names.find((name) => !known.includes(name));
  if (wrong === undefined && names.length > 0) return names;
  throw new Error(`--only takes a list of ${known.join(", ")}${wrong === undefined ? "" : `; "${wrong}" is none`}`);
}

function gateNames(): readonly string[] {
  return gates.map((gate) => gate.name);
}

function pick(all: readonly string[], only: readonly string[]): readonly string[] {
  return all.filter((name) => only.includes(name));
}

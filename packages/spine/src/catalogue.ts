import type { OperationDefinition, Problems } from "@holdfast/engine";
import catalogue from "@holdfast/contract/catalogue.json" with { type: "json" };

/** What operations are bound in. */
export type ProgramName = "server" | "agent";

interface Described extends OperationDefinition {
  readonly program: ProgramName | "both";
}

const byName = new Map(Object.entries(catalogue.operations as unknown as Readonly<Record<string, Described>>));

/** Every code a caller can meet, with its status and what to do. */
export const problems = catalogue.problems as unknown as Problems;

/** Definition of an operation; a name that the catalogue does not hold is a fault of the wiring. */
export function definition(name: string): OperationDefinition {
  const found = byName.get(name);
  if (found === undefined) throw new Error(`the catalogue has no operation ${name}`);
  return found;
}

/** Names of the operations that a program has; each must have a handler there, and start-up insists on it. */
export const operationNamesOf = (program: ProgramName): ReadonlySet<string> =>
  new Set(
    [...byName.values()].filter((one) => one.program === program || one.program === "both").map(({ name }) => name),
  );

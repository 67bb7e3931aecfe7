import type { OperationDefinition, Problems } from "@holdfast/engine";
import catalogue from "@holdfast/contract/catalogue.json" with { type: "json" };

interface Described extends OperationDefinition {
  readonly program: "server" | "agent" | "both";
}

const byName = new Map(
  Object.entries(catalogue.operations as unknown as Readonly<Record<string, Described>>).filter(
    ([, { program }]) => program !== "agent",
  ),
);

/** Every code a caller can meet, with its status and what to do. */
export const problems = catalogue.problems as unknown as Problems;

/** Definition of an operation; a name that the catalogue does not hold is a fault of the wiring. */
export function definition(name: string): OperationDefinition {
  const found = byName.get(name);
  if (found === undefined) throw new Error(`the catalogue has no operation ${name}`);
  return found;
}

/** Names that must each have a handler; start-up insists on it. */
export const operationNames: readonly string[] = [...byName.keys()];

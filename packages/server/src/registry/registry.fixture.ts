import type { Answer, Operation } from "@holdfast/engine";
import { type Bench, definition, openBench, type Request, tenantId } from "@holdfast/spine/keyring.fixture";
import { keyringTables } from "@holdfast/spine/keyring";
import { tenantsTables } from "@holdfast/spine/tenants";
import { registryOperations } from "./operations.ts";
import { standingTree } from "./standing-tree.ts";
import { registryTables } from "./store.ts";

export interface RegistryBench extends Bench {
  /** Performs an operation by name. */
  call(name: string, request?: Request): Promise<Answer>;
  put(key: string, value: unknown, more?: Readonly<Record<string, unknown>>): Promise<Answer>;
  read(key: string): Promise<Answer>;
}

/** A bench with the registry's operations and the standing tree. */
export async function openRegistry(maxValueBytes = 1024 * 1024): Promise<RegistryBench> {
  const bench = await openBench([...keyringTables, ...tenantsTables, ...registryTables]);
  const operations = registryOperations(definition, { keyring: bench.keyring, maxValueBytes });
  const byName = new Map<string, Operation>(operations.map((operation) => [operation.definition.name, operation]));
  const call: RegistryBench["call"] = (name, request) => bench.perform(byName.get(name)!, request);
  const { changes, writes } = standingTree(tenantId, bench.now);
  await bench.commit(changes, writes);
  return Object.assign(bench, {
    call,
    put: (key: string, value: unknown, more: Readonly<Record<string, unknown>> = {}) =>
      call("secret.put", { params: { key }, body: { value, ...more } }),
    read: (key: string) => call("secret.read", { params: { key } }),
  });
}

/** The answer's output, or the refusal's code. */
export const outcomeOf = (answer: Answer): unknown => (answer.ok ? answer.plan.output : answer.refusal.code);

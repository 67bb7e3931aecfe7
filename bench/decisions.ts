/** Decisions per second by number of rules; the two sizes are measured in turns, so that both see the same machine. */
import { type Authorizer, compile, type Permission, type Request } from "@holdfast/policy";

interface Measure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

const sizes = [100, 10_000] as const;
const rounds = 7;
const decisionsPerRound = 400_000;
const actions = ["read", "write", "list", "delete"] as const;
const areas = ["config", "secret"] as const;

/** Mixed patterns (exact, `*`, `**`; some under a condition) for two requests in three that are allowed. */
export async function run(): Promise<Measure[]> {
  const cases = sizes.map((rules) => ({
    rules,
    authorizer: authorizerOf(rules),
    requests: requestsFor(rules),
  }));
  const rates = new Map<number, number[]>(sizes.map((rules) => [rules, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { rules, authorizer, requests } of cases) {
      const rate = decisionsPerSecond(authorizer, requests);
      // The first round warms up the compiler.
      if (round > 0) rates.get(rules)?.push(rate);
    }
  }
  const medians = sizes.map((rules) => median(rates.get(rules) ?? []));
  return [
    ...sizes.map((rules, index) => ({
      name: `decisions at ${rules.toLocaleString("en")} rules`,
      value: Math.round(medians[index]!),
      unit: "1/s",
    })),
    { name: "decisions, growth of cost", value: Number((medians[0]! / medians[1]!).toFixed(2)), unit: "×" },
  ];
}

function decisionsPerSecond(authorizer: Authorizer, requests: readonly Request[]): number {
  let allowed = 0;
  const start = performance.now();
  for (let done = 0; done < decisionsPerRound; done += requests.length) {
    for (const request of requests) {
      if (authorizer.decide(request).allowed) allowed += 1;
    }
  }
  const seconds = (performance.now() - start) / 1000;
  // Uses the answers, or the compiler may drop the work.
  if (allowed === 0) throw new Error("no decision was allowed: the benchmark measures the wrong thing");
  return decisionsPerRound / seconds;
}

function authorizerOf(rules: number): Authorizer {
  const plain: Permission[] = [];
  const conditional: Permission[] = [];
  for (let index = 0; index < rules; index += 1) {
    (index % 5 === 4 ? conditional : plain).push(permissionOf(index));
  }
  return compile([
    { role: "plain", permissions: plain, conditions: [] },
    { role: "narrow", permissions: conditional, conditions: [{ kind: "environment", oneOf: ["staging"] }] },
  ]);
}

function permissionOf(index: number): Permission {
  const prefix = `applications/app-${index}`;
  const patterns = [`${prefix}/config/db-password`, `${prefix}/**`, `${prefix}/*/db-password`];
  return {
    resource: areas[index % areas.length] ?? "config",
    pattern: patterns[index % patterns.length] ?? "",
    action: actions[index % actions.length] ?? "read",
  };
}

/** The same number of requests for either size, spread over all of its rules, no two neighbours for the same one. */
function requestsFor(rules: number): readonly Request[] {
  return Array.from({ length: 1000 }, (_, index) => {
    const rule = (index * 7919) % rules;
    const isMiss = index % 3 === 2;
    return {
      resource: areas[rule % areas.length] ?? "config",
      path: `applications/app-${isMiss ? rule + rules : rule}/config/db-password`,
      action: actions[rule % actions.length] ?? "read",
      attributes: { environment: "staging" },
    };
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

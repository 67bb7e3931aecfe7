/** Decisions per second by number of rules; the two sizes are measured in turns, so that both see the same machine. */
import { type Authorizer, compile, type Permission, type Request } from "@holdfast/policy";
import type { Bench } from "./measure/bench.ts";
import { interleave } from "./measure/interleave.ts";
import { median } from "./measure/statistics.ts";
import type { Section } from "./report/figure.ts";

const sizes = [100, 10_000] as const;
const rounds = 7;
const decisionsPerRound = 400_000;
const actions = ["read", "write", "list", "delete"] as const;
const areas = ["config", "secret"] as const;

/** Mixed patterns (exact, `*`, `**`; some under a condition) for two requests in three that are allowed. */
export async function run({ isQuick }: Bench): Promise<Section> {
  const cases = sizes.map((rules) => ({ authorizer: authorizerOf(rules), requests: requestsFor(rules) }));
  // Warms up the compiler.
  for (const { authorizer, requests } of cases) decisionsPerSecond(authorizer, requests);
  const rates = await interleave(cases, isQuick ? 3 : rounds, ({ authorizer, requests }) =>
    decisionsPerSecond(authorizer, requests),
  );
  const medians = cases.map((one) => median(rates.get(one) ?? []));
  return {
    title: "Decisions",
    method: "Roles of exact patterns, `*` and `**`, one in five under a condition; two requests in three are allowed.",
    figures: [
      ...sizes.map((rules, index) => ({
        name: `decisions at ${rules.toLocaleString("en")} rules`,
        value: medians[index]!,
        unit: "/s",
        goal: { atLeast: 1_000_000 },
      })),
      { name: "decisions, slower by", value: medians[0]! / medians[1]!, unit: "×", goal: { atMost: 1.3 } },
    ],
  };
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

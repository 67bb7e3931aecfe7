// `npm test`: every gate of the project in order. Goes on after a failure, and ends with one line that counts it all.
//
//   npm test                                    everything, with coverage
//   npm test -- --only types,unit               some steps: format types lint boundaries dead-code repository unit
//                                               unit-postgres e2e e2e-postgres e2e-plain faults
//   npm test -- packages/kernel -t "duplicate"  tests alone, the arguments are vitest's

import { chooseSteps } from "./check/arguments.ts";
import { gates } from "./check/gates.ts";
import { runGate } from "./check/run-gate.ts";
import { runTests } from "./check/run-tests.ts";
import { counts, summary } from "./check/summary.ts";

const chosen = chooseSteps(process.argv.slice(2));
const results = [];
for (const gate of gates) {
  if (chosen.gates.includes(gate.name)) results.push(await runGate(gate));
}
if (chosen.projects.length > 0) results.push(...(await runTests(chosen)));

console.log(summary(results, chosen));
const total = counts(results);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);

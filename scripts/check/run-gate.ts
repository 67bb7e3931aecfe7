import { command } from "./command.ts";
import type { Gate } from "./gates.ts";
import { heading } from "./heading.ts";
import type { StepResult } from "./result.ts";

/** Runs one gate; its findings go to the terminal as they come. */
export async function runGate(gate: Gate): Promise<StepResult> {
  heading(gate.name, gate.promise);
  const started = performance.now();
  const ended = await command(gate.command);
  const seconds = (performance.now() - started) / 1000;
  const holds = ended === 0;
  const failed = holds ? [] : [{ title: gate.name, reason: `${gate.command.join(" ")} ended with ${ended}` }];
  console.log(`${holds ? "ok" : "FAILED"} in ${seconds.toFixed(1)} s`);
  return { name: gate.name, seconds, passed: holds ? 1 : 0, failed, skipped: [] };
}

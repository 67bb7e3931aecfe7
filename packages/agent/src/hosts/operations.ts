import type { Host, HostWithReadings } from "@holdfast/contract/types";
import {
  type Context,
  implement,
  type Input,
  type Operation,
  type OperationDefinition,
  type Plan,
  Refusal,
} from "@holdfast/engine";

/** What is known of the host that the agent runs on; the agent's parts hand in what they measured. */
export interface HostReadings {
  host(): Host;
  readings(): HostWithReadings | Promise<HostWithReadings>;
}

/** Hosts that can be asked about: an agent knows its own alone. */
export function hostOperations(definition: (name: string) => OperationDefinition, readings: HostReadings): Operation[] {
  return [
    implement(definition("host.list"), () => ({ output: { items: [readings.host()] } })),
    implement(definition("host.read"), (context, input) => readHost(readings, context, input)),
  ];
}

async function readHost(readings: HostReadings, _: Context, { params }: Input): Promise<Plan> {
  const host = params["host"] as string;
  if (host !== readings.host().name) {
    throw new Refusal("not_found", "This agent watches no such host.", { hint: "List the hosts; it watches its own." });
  }
  return { output: await readings.readings(), facts: { host } };
}

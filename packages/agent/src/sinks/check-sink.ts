import { Refusal, type Run } from "@holdfast/engine";
import type { Sinks } from "./sinks.ts";

/** `sink.check`: the answer says how far it came, and the record that somebody looked. */
export function checkSink(sinks: Sinks): Run {
  return async ({ signal }, { params }) => {
    const sink = params["sink"] as string;
    const checking = sinks.check(sink, signal);
    if (checking === undefined) throw new Refusal("not_found", "There is no such sink.", { hint: "List the sinks." });
    const output = await checking;
    return { output, facts: { sink, healthy: output.healthy } };
  };
}

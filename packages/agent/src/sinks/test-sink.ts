import { Refusal, type Run } from "@holdfast/engine";
import type { Sinks } from "./sinks.ts";

/** `sink.test`: the answer says what came of it, and the record that it was tried. */
export function testSink(sinks: Sinks): Run {
  return async ({ signal }, { params }) => {
    const sink = params["sink"] as string;
    const testing = sinks.test(sink, signal);
    if (testing === undefined) throw new Refusal("not_found", "There is no such sink.", { hint: "List the sinks." });
    const output = await testing;
    return { output, facts: { sink, delivered: output.delivered } };
  };
}

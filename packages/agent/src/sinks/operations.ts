import { implement, type Operation, type OperationDefinition } from "@holdfast/engine";
import type { Effects } from "../effects.ts";
import { checkSink } from "./check-sink.ts";
import { dropLetters, listLetters, retryLetters } from "./dead-letters.ts";
import type { Sinks } from "./sinks.ts";
import { testSink } from "./test-sink.ts";

/** The operations on sinks and dead letters. */
export function sinkOperations(
  definition: (name: string) => OperationDefinition,
  sinks: Sinks,
  effects: Effects,
): Operation[] {
  return [
    implement(definition("sink.list"), () => ({ output: { items: sinks.list() } })),
    implement(definition("sink.test"), testSink(sinks)),
    implement(definition("sink.check"), checkSink(sinks)),
    implement(definition("dead-letter.list"), listLetters(sinks)),
    implement(definition("dead-letter.retry"), retryLetters(sinks, effects)),
    implement(definition("dead-letter.drop"), dropLetters(sinks, effects)),
  ];
}

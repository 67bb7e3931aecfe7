import { type Context, type Input, type Plan, Refusal, type Run } from "@holdfast/engine";
import type { Effects } from "../effects.ts";
import type { Chosen, Sinks } from "./sinks.ts";

const DEFAULT_LIMIT = 100;

/** `dead-letter.list`. */
export function listLetters(sinks: Sinks): Run {
  return (_, { query }) => {
    const { sink, after } = query as Readonly<Record<string, string | undefined>>;
    const limit = (query["limit"] as number | undefined) ?? DEFAULT_LIMIT;
    const asked = { limit, ...(sink !== undefined && { sink }), ...(after !== undefined && { after }) };
    return { output: sinks.letters(asked) };
  };
}

/** `dead-letter.retry`: they are queued again once that is recorded. */
export function retryLetters(sinks: Sinks, effects: Effects): Run {
  return (_: Context, input: Input): Plan => {
    const { chosen, count } = insistOnSome(sinks, input);
    return planned({ retried: count }, chosen, effects, () => sinks.retry(chosen));
  };
}

/** `dead-letter.drop`: that nobody will be told must not happen without a record of who wanted it (ATTACKS 46). */
export function dropLetters(sinks: Sinks, effects: Effects): Run {
  return (_: Context, input: Input): Plan => {
    const { chosen, count } = insistOnSome(sinks, input);
    return planned({ dropped: count }, chosen, effects, () => sinks.drop(chosen));
  };
}

function insistOnSome(sinks: Sinks, { body }: Input): { readonly chosen: Chosen; readonly count: number } {
  const chosen = body as unknown as Chosen;
  const count = sinks.count(chosen);
  if (count > 0) return { chosen, count };
  throw new Refusal("not_found", "There are no such dead letters.", {
    hint: "List the dead letters to see which there are.",
  });
}

function planned(output: Readonly<Record<string, number>>, chosen: Chosen, effects: Effects, effect: () => void): Plan {
  return { output, writes: [effects.after(effect)], facts: { ...chosen, ...output } };
}

import type { Context } from "../command.ts";
import { printableJson } from "./printable.ts";

/** Prints an answer: the whole of it as one JSON document with --json, else what `human` makes of it. */
export function print<T>({ output, settings }: Context, answer: T, human: (answer: T) => string): void {
  output.out(settings.isJson ? `${printableJson(answer, output.isTerminal ? 2 : 0)}\n` : human(answer));
}

/** A line beside the result, such as a warning; never mixed into it. */
export function remark({ output }: Context, text: string): void {
  output.err(`${output.errorStyle.warn("holdfast:")} ${text}\n`);
}

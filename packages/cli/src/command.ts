import type { Operations, SignedHead } from "@holdfast/contract/types";
import type { Output } from "./terminal/output.ts";
import type { Input } from "./terminal/input.ts";
import type { Settings } from "./settings.ts";

/** An option of a command. Without `value` it is a switch. */
export interface Option {
  /** Long name without dashes. */
  readonly name: string;
  readonly short?: string;
  /** What stands for the value in the help text. */
  readonly value?: string;
  readonly isRepeatable?: true;
  /** Words that it takes, for a shell to offer; the command itself refuses others. */
  readonly choices?: readonly string[];
  readonly summary: string;
}

/** An argument of a command, by its place. */
export interface Argument {
  readonly name: string;
  readonly isOptional?: true;
  /** Takes all that follows. */
  readonly isVariadic?: true;
  readonly summary: string;
}

/** A line that can be typed, and what it is good for. */
export interface Example {
  readonly command: string;
  readonly says: string;
}

/** One command as data; the quick parser, commander, help and completion are all derived from it. */
export interface Command {
  /** Words that name it: `["token", "create"]`. */
  readonly words: readonly [string, ...string[]];
  readonly summary: string;
  /** What a reader of its help should know beyond the summary. */
  readonly details?: string;
  readonly arguments?: readonly Argument[];
  readonly options?: readonly Option[];
  readonly examples: readonly [Example, ...Example[]];
  /** It speaks to the agent of this host, not to a server. */
  readonly program?: "agent";
  /** Its group without a verb means this one. */
  readonly isDefault?: true;
  /** Does the work; resolves to the exit code when that is not 0. */
  run(context: Context, given: Given): Promise<number | undefined>;
}

/** What the user gave: arguments in order, and options by their long name. */
export interface Given {
  readonly arguments: readonly string[];
  readonly options: Readonly<Record<string, GivenOption>>;
}

/** The value of an option: its text, that it was given, or each text of one that may be repeated. */
export type GivenOption = string | true | readonly string[];

/** Calls an operation of the catalogue by name. */
export type Call = <Name extends keyof Operations>(
  name: Name,
  input: Operations[Name]["input"],
) => Promise<Operations[Name]["output"]>;

/** A ledger's head that was verified and continues the one seen before, with the key that signed it. */
export interface ConfirmedHead {
  readonly verifierKey: string;
  readonly head: SignedHead;
  /** Nothing was known of this server before: its key was taken on trust. */
  readonly isFirst: boolean;
}

/** The way to a server or an agent; nothing is connected before its first use. */
export interface Connection {
  readonly call: Call;
  /** Gets the newest head and insists that it continues the one remembered for this server. */
  readonly confirm: () => Promise<ConfirmedHead>;
}

/** All that a command may touch. */
export interface Context extends Connection {
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly workingFolder: string;
  readonly input: Input;
  readonly output: Output;
  readonly settings: Settings;
  /** The way to the agent of this host, for commands that speak to both. */
  readonly agent: Connection;
}

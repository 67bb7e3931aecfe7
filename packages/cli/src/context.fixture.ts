import type { Call, Command, Connection, Context, Given } from "./command.ts";
import { exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import { isForAgent } from "./context.ts";
import { agentSettingsOf, settingsOf } from "./settings.ts";
import { styleOf } from "./terminal/style.ts";

export interface Scene {
  readonly answer?: (name: string, input: Readonly<Record<string, unknown>>) => unknown;
  /** The agent beside a server; none is found when left out. */
  readonly agent?: (name: string, input: Readonly<Record<string, unknown>>) => Promise<unknown>;
  readonly confirm?: Context["confirm"];
  readonly env?: NodeJS.ProcessEnv;
  readonly stdin?: string | Buffer;
  readonly isTerminal?: boolean;
  /** How wide the terminal is. */
  readonly columns?: number;
  readonly workingFolder?: string;
}

export interface Staged {
  readonly context: Context;
  readonly calls: { name: string; input: unknown }[];
  out(): string;
  outBytes(): Buffer;
  err(): string;
}

const noAgent = () => Promise.reject(new Failure(exitCodes.unreachable, "no agent found"));

/** A context whose server, terminal and input are made up. */
export function stage(
  scene: Scene,
  given: Given = { arguments: [], options: {} },
  command?: Pick<Command, "program">,
): Staged {
  const out: Buffer[] = [];
  const err: string[] = [];
  const calls: { name: string; input: unknown }[] = [];
  const isTerminal = scene.isTerminal ?? false;
  const env = scene.env ?? {};
  const style = styleOf({ ...env, NO_COLOR: "1" }, isTerminal);
  const call = (name: string, input: Readonly<Record<string, unknown>>) => {
    calls.push({ name, input });
    return new Promise((resolve) => resolve(scene.answer?.(name, input)));
  };
  const connection: Connection = {
    call: call as Call,
    confirm: scene.confirm ?? (() => Promise.reject(new Error("no head is staged"))),
  };
  const context: Context = {
    env,
    workingFolder: scene.workingFolder ?? "/nonexistent",
    settings: isForAgent(given, command) ? agentSettingsOf(given, env, true) : settingsOf(given, env),
    input: {
      isTerminal: scene.stdin === undefined && isTerminal,
      isPiped: scene.stdin !== undefined,
      readAll: () => Promise.resolve(Buffer.from(scene.stdin ?? "")),
      readHidden: () => Promise.resolve("typed"),
    },
    output: {
      isTerminal,
      isErrorTerminal: isTerminal,
      columns: () => (isTerminal ? scene.columns : undefined),
      style,
      errorStyle: style,
      out: (piece) => out.push(Buffer.from(piece)),
      err: (text) => err.push(text),
    },
    ...connection,
    agent: { ...connection, call: (scene.agent ?? noAgent) as Call },
  };
  const outBytes = () => Buffer.concat(out);
  return { context, calls, out: () => outBytes().toString(), outBytes, err: () => err.join("") };
}

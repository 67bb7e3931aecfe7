import type { Context } from "../../command.ts";
import { headsFile } from "../../state/heads.ts";
import { Failure } from "../../failure.ts";
import type { Verification } from "./show-verification.ts";

/** Lets the server verify itself, and then holds it to what this user has seen of it before. */
export async function verifyByServer(context: Context, withState: boolean): Promise<Verification> {
  const answer = await context.call("audit.verify", withState ? { state: true } : {});
  if (answer.ok) await confirm(context);
  return answer;
}

async function confirm({ confirm: confirmHead, env }: Context): Promise<void> {
  try {
    await confirmHead();
  } catch (error) {
    if (!(error instanceof Failure) || error.hint === undefined) throw error;
    throw new Failure(error.exitCode, error.message, `${error.hint} What is remembered: ${headsFile(env)}`, error.code);
  }
}

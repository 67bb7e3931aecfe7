import type { Context } from "../../command.ts";
import type { Verification } from "./show-verification.ts";

/** Lets the server verify itself, and then holds it to what this user has seen of it before. */
export async function verifyByServer({ call, confirm }: Context, withState: boolean): Promise<Verification> {
  const answer = await call("audit.verify", withState ? { state: true } : {});
  if (answer.ok) await confirm();
  return answer;
}

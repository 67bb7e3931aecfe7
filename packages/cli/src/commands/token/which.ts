import type { Context, Given } from "../../command.ts";
import { usage } from "../../failure.ts";

const maxTokenBytes = 4096;

/** Names a token by its accessor, or by itself read from standard input, so that it stays out of process lists. */
export async function whichToken({ input }: Context, given: Given): Promise<{ accessor: string } | { token: string }> {
  const [word] = given.arguments;
  if (word === undefined || word === "-") {
    if (input.isTerminal) return { token: await input.readHidden("Token: ") };
    return { token: (await input.readAll(maxTokenBytes)).toString("utf8").trim() };
  }
  if (word.startsWith("hft_")) {
    throw usage("a token on the command line shows in process lists", "give its accessor (tk_…), or pipe the token in");
  }
  return { accessor: word };
}

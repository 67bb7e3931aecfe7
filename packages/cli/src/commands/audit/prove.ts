import type { Command, Context } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { Failure } from "../../failure.ts";
import { argument, isSet, wholeNumber } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { agentOption } from "../../settings.ts";

/** Proves that an entry stands in the ledger. */
export const auditProve: Command = {
  words: ["audit", "prove"],
  summary: "Print an offline proof that an entry stands in the ledger",
  details:
    "The proof (C2SP tlog-proof) is checked here before it is printed. With the entry's bytes and the verifier key anyone can check it again without a server.",
  arguments: [{ name: "seq", summary: "position of the entry; audit log shows it" }],
  options: [agentOption, { name: "entry", summary: "print the entry's exact bytes instead of the proof" }],
  examples: [
    { command: "holdfast audit prove 41 > 41.proof", says: "the proof" },
    { command: "holdfast audit prove 41 --entry > 41.json", says: "and what it proves" },
  ],
  async run(context, given) {
    const answer = await context.call("audit.prove", { seq: wholeNumber(argument(given, 0), "the position", 0) });
    await check(context, answer);
    print(context, answer, ({ proof, entry }) => (isSet(given, "entry") ? entry : proof));
    return undefined;
  },
};

async function check(context: Context, answer: { seq: number; proof: string; entry: string }): Promise<void> {
  const { verifierKey } = await context.confirm();
  const { verifyProof } = await import("@holdfast/client");
  const { index } = verifyProof(answer.proof, answer.entry, verifierKey);
  if (index !== answer.seq) throw new Failure(exitCodes.failed, `the proof is for entry ${index}, not ${answer.seq}`);
}

import type { Command } from "../../command.ts";
import { usage } from "../../failure.ts";
import { textOption, textOptions } from "../../given.ts";
import { remark } from "../../terminal/print.ts";
import { collectSecrets } from "./collect-secrets.ts";
import { runChild } from "./child.ts";

/** Runs a command with secrets in its environment. */
export const run: Command = {
  words: ["run"],
  summary: "Run a command with secrets in its environment",
  details:
    "All secrets are read before anything starts; if one cannot be read, the command is not started. Nothing of a value is " +
    "ever printed. The command's exit code is passed on (126: may not be run, 127: not found, 128+n: ended by signal n). " +
    "Signals are forwarded. HOLDFAST_TOKEN is not handed down. Other processes of the same user can read an environment " +
    "in /proc; a command that can read a file or a pipe is better served that way.",
  arguments: [{ name: "command", isVariadic: true, summary: "the command and its arguments, after --" }],
  options: [
    {
      name: "secret",
      value: "NAME=path",
      isRepeatable: true,
      summary: "one variable from one secret; may be repeated",
    },
    { name: "prefix", value: "folder", summary: "every secret of a folder: db-password becomes DB_PASSWORD" },
  ],
  examples: [
    { command: "holdfast run --secret PGPASSWORD=applications/shop/config/db-password -- psql", says: "one secret" },
    { command: "holdfast run --prefix applications/shop/config -- node server.js", says: "a folder of them" },
  ],
  async run(context, given) {
    const pairs = textOptions(given, "secret");
    const prefix = textOption(given, "prefix");
    if (pairs.length === 0 && prefix === undefined)
      throw usage("no secret is named", "use --secret NAME=path or --prefix");
    const secrets = await collectSecrets(context, pairs, prefix);
    const { HOLDFAST_TOKEN: _, ...env } = context.env;
    const { exitCode, failedToStart } = await runChild(given.arguments, { ...env, ...secrets });
    if (failedToStart !== undefined)
      remark(context, `${given.arguments[0] ?? ""} could not be started (${failedToStart})`);
    return exitCode;
  },
};

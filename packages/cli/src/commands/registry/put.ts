import type { Command } from "../../command.ts";
import { argument, compact, numberOption, textOption } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { kindOf, kindOption } from "./kind.ts";
import { metadataOf } from "./metadata.ts";
import { valueOf } from "./value.ts";

/** Writes the next version of a value. */
export const put: Command = {
  words: ["put"],
  summary: "Write a secret, or configuration with --config",
  details:
    "The value is the argument, or --file, or what is piped in, or else asked for without showing it. Text is stored as " +
    "text, --type json stores any JSON, and bytes that are not UTF-8 are stored as they are. A command line shows in " +
    "process lists and in the shell's history, so a secret had better come another way.",
  arguments: [
    { name: "path", summary: "where to write, such as applications/shop/config/db-password" },
    { name: "value", isOptional: true, summary: "the value; - reads standard input" },
  ],
  options: [
    kindOption,
    { name: "file", value: "file", summary: "read the value from a file" },
    { name: "type", value: "type", summary: "text (default), json, or a media type such as text/x-pem" },
    { name: "trim", summary: "leave out one final newline of a file or of standard input" },
    { name: "cas", value: "n", summary: "only if this is the current version; 0: only if there is none" },
    { name: "meta", value: "name=text", isRepeatable: true, summary: "a fact about the version; may be repeated" },
    { name: "note", value: "text", summary: "why it was written; never a secret" },
  ],
  examples: [
    { command: "holdfast put applications/shop/config/db-password", says: "asks for the value" },
    { command: "openssl rand -hex 24 | holdfast put --trim applications/shop/config/api-key", says: "from a pipe" },
    { command: "holdfast put --file tls.key applications/shop/config/tls-key", says: "from a file" },
    {
      command: `holdfast put --config --type json applications/shop/config/scaling '{"replicas":3}'`,
      says: "configuration as JSON",
    },
    { command: "holdfast put --cas 3 applications/shop/config/db-password", says: "only over version 3" },
  ],
  async run(context, given) {
    const kind = kindOf(given);
    const answer = await context.call(`${kind}.put`, {
      key: argument(given, 0),
      ...compact({
        cas: numberOption(given, "cas", 0),
        metadata: metadataOf(given),
        note: textOption(given, "note"),
      }),
      ...(await valueOf(context, given, kind)),
    });
    print(context, answer, ({ key, version }) => `${key}  version ${version}\n`);
    return undefined;
  },
};

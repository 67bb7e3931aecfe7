import type { Command, Context, Given } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { Failure } from "../../failure.ts";
import { argument, isSet, numberOption } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { kindOf, kindOption } from "./kind.ts";
import { printValue } from "./print-value.ts";

/** Reads one value. */
export const get: Command = {
  words: ["get"],
  summary: "Read a secret, or configuration with --config",
  details:
    "Prints the bare value: text as it is, other JSON in one line, bytes as they are. On a terminal a final newline is added and control characters are shown escaped; --raw writes the exact bytes there too.",
  arguments: [{ name: "path", summary: "path of the value, such as applications/shop/config/db-password" }],
  options: [
    kindOption,
    { name: "version", value: "n", summary: "this version instead of the current one" },
    { name: "raw", summary: "write the exact bytes, whatever they are" },
  ],
  examples: [
    { command: "holdfast get applications/shop/config/db-password", says: "print the current value" },
    { command: "holdfast get --config --version 2 applications/shop/config/scaling", says: "an earlier version" },
    { command: "holdfast get applications/shop/config/tls-key --raw > tls.key", says: "write bytes to a file" },
    { command: "holdfast get --json applications/shop/config/db-password", says: "version, author and metadata too" },
  ],
  async run(context, given) {
    const answer = await read(context, given);
    if (context.settings.isJson) print(context, answer, String);
    else printValue(context.output, answer, isSet(given, "raw"));
    return undefined;
  },
};

async function read({ call }: Context, given: Given) {
  const key = argument(given, 0);
  const kind = kindOf(given);
  const version = numberOption(given, "version", 1);
  try {
    return await (version === undefined
      ? call(`${kind}.read`, { key })
      : call(`${kind}.read-version`, { key, version }));
  } catch (error) {
    throw kind === "secret" && error instanceof Failure && error.code === "not_found" ? notFound(error) : error;
  }
}

function notFound(error: Failure): Failure {
  const hint = "holdfast ls shows what is there; configuration is read with --config";
  return new Failure(exitCodes.notFound, error.message, hint, error.code);
}

import { resolve } from "node:path";
import type { Context } from "../../command.ts";
import { print } from "../../terminal/print.ts";
import { writeNewKey } from "./write-new-key.ts";

const standardOutput = "-";

/** Gives a root key to whoever asked for it: in a new file that is named, or on standard output for `-`. */
export function handOver(context: Context, hex: string, out: string): void {
  if (out === standardOutput) {
    print(context, { rootKey: hex }, ({ rootKey }) => `${rootKey}\n`);
    return;
  }
  const file = resolve(context.workingFolder, out);
  writeNewKey(file, hex);
  print(context, { file }, (written) => `${written.file}\n`);
}

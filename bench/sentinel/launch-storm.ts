import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";

const startsOfBatch = 50;
const batchesPerSecond = 10;
export const startsPerSecond: number = startsOfBatch * batchesPerSecond;

/**
 * Programs that do nothing, and one in each batch that says when the next one is due: all of them are children of the shell,
 * and count. Where the machine cannot start so many, there are as many, and it takes longer.
 */
const script = `
batch=0
while [ $batch -lt "$1" ]; do
  sleep "$3" &
  i=1
  while [ $i -lt ${startsOfBatch} ]; do "$2" "$4" & i=$((i+1)); done
  wait
  batch=$((batch+1))
done`;

/** Less than a tenth of a second: starting and waiting are not in it. Digits behind it change nothing. */
const pauseSeconds = "0.0940";

/** Starts processes one after the other, 500 a second for so many seconds; `marker` stands in the arguments of each. */
export function launchStorm(
  seconds: number,
  marker: string,
): { readonly shell: ChildProcess; readonly starts: number } {
  const program = ["/bin/true", "/usr/bin/true"].find(existsSync);
  if (program === undefined) throw new Error("there is no program true");
  const batches = Math.round(seconds * batchesPerSecond);
  const words = [String(batches), program, `${pauseSeconds}${marker}`, marker];
  const shell = spawn("/bin/sh", ["-c", script, "storm", ...words], { stdio: "ignore", cwd: "/" });
  return { shell, starts: batches * startsOfBatch };
}

import { usage } from "../../failure.ts";

/** SIGUSR1 opens an inspector, without a credential, in a process that holds every key. */
export function refuseInspector(program: string): void {
  if (process.execArgv.includes("--disable-sigusr1")) return;
  throw usage(
    `the ${program} has to start with --disable-sigusr1`,
    "start it by the holdfast command, not by node itself",
  );
}

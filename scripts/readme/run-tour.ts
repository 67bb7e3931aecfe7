import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { matchOutput } from "./match-output.ts";
import { parseConsole, type TourStep } from "./parse-console.ts";
import { runSession } from "./run-session.ts";
import { serve } from "./serve.ts";

const root = join(import.meta.dirname, "..", "..");
const bin = join(root, "node_modules", ".bin");

/** What a step of the tour printed, and whether the page promises that. */
export interface TouredStep extends TourStep {
  readonly actual: readonly string[];
  readonly matches: boolean;
}

/** Walks through a page as a newcomer would: an empty folder, an empty home, a fresh server, command after command. */
export async function runTour(markdown: string): Promise<readonly TouredStep[]> {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-tour-"));
  const home = join(folder, "home");
  await mkdir(home, { mode: 0o700 });
  const env = { PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`, HOME: home, LANG: "C.UTF-8", NO_COLOR: "1" };
  try {
    const server = await serve(folder, env);
    try {
      const steps = parseConsole(markdown);
      const outputs = await runSession(
        steps.map((step) => adapted(step.command, server.port, folder)),
        folder,
        env,
      );
      return steps.map((step, index) => compared(step, outputs[index] ?? ["(did not run)"], folder));
    } finally {
      await server.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A person waits a moment; on a machine that runs all tests it takes as long as it takes. */
const moment = "sleep 5";
const untilFound = "for n in $(seq 60); do holdfast alerts | grep -q '/tmp/x 60' && break; sleep 1; done";

/** What the page puts into /tmp, where other tests and people do the same. */
const ownProgram = (text: string, folder: string) => text.replaceAll("/tmp/x", join(folder, "x"));

/** The page is read in the checkout and on the usual port, the tour is run in a temporary folder and on a free one. */
function adapted(command: string, port: number, folder: string): string {
  const waiting = command.replaceAll(moment, untilFound).replaceAll("npx holdfast", "holdfast");
  return ownProgram(waiting, folder).replaceAll("127.0.0.1:8200", `127.0.0.1:${port}`);
}

function compared(step: TourStep, actual: readonly string[], folder: string): TouredStep {
  const expected = step.expected.map((line) => ownProgram(line, folder));
  return { ...step, actual, matches: matchOutput(expected, actual) };
}

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { LoadPlan, LoadResult } from "./plan.ts";

const generator = fileURLToPath(new URL("main.ts", import.meta.url));
const startUpMs = 30_000;

/** Loads a server and waits for the result; the generator ends by itself, or is ended. */
export async function generateLoad(plan: LoadPlan): Promise<LoadResult> {
  const timeout = (plan.warmUpSeconds + plan.seconds) * 1000 + startUpMs;
  const { stdout } = await promisify(execFile)(process.execPath, [generator, JSON.stringify(plan)], { timeout });
  return JSON.parse(stdout) as LoadResult;
}

/** The load generator: a process of its own, so that its time is not the server's. Prints a LoadResult. */
import { LoadRun } from "./load-run.ts";
import type { LoadPlan } from "./plan.ts";

const plan = JSON.parse(process.argv[2] ?? "") as LoadPlan;
console.log(JSON.stringify(await new LoadRun(plan).result()));

/** The load generator for several nodes: the same as bench/load/main.ts, its connections dealt out in turns. */
import { LoadRun } from "../load/load-run.ts";
import type { SpreadPlan } from "./load-cluster.ts";

const { sockets, ...plan } = JSON.parse(process.argv[2] ?? "") as SpreadPlan;
let dealt = 0;
const run = new LoadRun({
  ...plan,
  /** Asked for by each connection. */
  get socket() {
    return sockets[dealt++ % sockets.length]!;
  },
});
if (dealt !== plan.connections) throw new Error("the load generator has not asked for a socket for each connection");
console.log(JSON.stringify(await run.result()));

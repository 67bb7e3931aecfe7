/** Several nodes on one PostgreSQL, beside the embedded store and beside what PostgreSQL does without them. */
import { NoPostgres } from "../test/postgres/program.ts";
import type { Bench } from "./measure/bench.ts";
import { connections, valueBytes } from "./measure/load-server.ts";
import { measureAppends } from "./postgres/appends.ts";
import { type DatabaseServer, reachDatabaseServer } from "./postgres/database-server.ts";
import { measureInvalidation } from "./postgres/invalidation.ts";
import { measureLargeLedger } from "./postgres/large-ledger.ts";
import { measureRevocations } from "./postgres/revocation.ts";
import { compareThroughput } from "./postgres/throughput.ts";
import type { Figure, Section } from "./report/figure.ts";

const title = "Several nodes";
const parts = [compareThroughput, measureAppends, measureInvalidation, measureRevocations, measureLargeLedger];

export async function run(bench: Bench): Promise<Section> {
  let server: DatabaseServer;
  try {
    server = await reachDatabaseServer();
  } catch (error) {
    if (error instanceof NoPostgres) return { title, method: `Not measured: ${error.message}.`, figures: [] };
    throw error;
  }
  try {
    const figures: Figure[] = [];
    for (const measure of parts) figures.push(...(await measure(bench, server)));
    return { title, method: methodWith(server), figures };
  } finally {
    await server.stop();
  }
}

const methodWith = ({ about }: DatabaseServer): string =>
  `The database is ${about}; nodes, database and generator share the cores. ${connections} keep-alive connections, dealt ` +
  `out over the nodes' Unix sockets, values of ${valueBytes} bytes; the embedded store is the same server on its data ` +
  "folder. 1, 2 and 3 nodes have a ledger each. pgbench: `simple-update` (two writes and a read in a transaction), prepared, as " +
  "many clients, scale 10: what the server's own commits allow. All of these in turns, ratios round by round. " +
  "Append: entries without changes, 64 at a time, through the committers of nodes without doors. " +
  "Invalidation: from the acknowledgement on one node to the moment at which another has dropped what was written; 0 when it " +
  "was earlier. Revocation: over HTTP; the refusal is recorded as any call. The last figures are one node on a ledger of " +
  "its own, after the verification that follows a start; questions come from one caller, one at a time.";

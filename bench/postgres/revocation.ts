import type { Bench } from "../measure/bench.ts";
import { percentile } from "../measure/statistics.ts";
import type { Figure } from "../report/figure.ts";
import { prepareNodes, startCluster, stopCluster } from "./cluster.ts";
import type { DatabaseServer } from "./database-server.ts";
import { NodeClient } from "./node-client.ts";

const unauthorized = 401;

interface Revocation {
  /** From the acknowledgement of the revocation by one node to the refusal by the other. */
  readonly milliseconds: number;
  /** Calls that the other node answered in between. */
  readonly accepted: number;
}

/** Tokens that one node has accepted and holds in its caches are revoked at another one. */
export async function measureRevocations(bench: Bench, server: DatabaseServer): Promise<readonly Figure[]> {
  const { folders } = await prepareNodes(bench, server, "nodes-revoking", 2);
  const cluster = await startCluster(folders);
  const [one, other] = cluster.sockets.map((socket) => new NodeClient(socket)) as [NodeClient, NodeClient];
  try {
    const count = bench.isQuick ? 20 : 150;
    const revocations: Revocation[] = [];
    for (let done = 0; done < count; done += 1) revocations.push(await revoke(one, other));
    return figuresOf(revocations);
  } finally {
    for (const client of [one, other]) client.close();
    await stopCluster(cluster);
  }
}

async function revoke(one: NodeClient, other: NodeClient): Promise<Revocation> {
  const { token, accessor } = await one.output<{ token: string; accessor: string }>("POST", "/api/tokens", {
    body: {},
  });
  const ask = () => other.call("GET", "/api/tokens/self", { token });
  for (let uses = 0; uses < 2; uses += 1) {
    const { status, body } = await ask();
    if (status !== 200) throw new Error(`a fresh token was refused: ${status} ${body}`);
  }
  await one.output("POST", "/api/tokens:revoke", { body: { accessor } });
  const acknowledgedAt = performance.now();
  let accepted = 0;
  while ((await ask()).status !== unauthorized) accepted += 1;
  return { milliseconds: performance.now() - acknowledgedAt, accepted };
}

function figuresOf(revocations: readonly Revocation[]): readonly Figure[] {
  const times = revocations.map(({ milliseconds }) => milliseconds);
  const name = "revocation on one node to refusal at another";
  const detail = "the whole call that is refused, its record included";
  return [
    { name: `${name}, median`, value: percentile(times, 0.5), unit: "ms", detail },
    { name: `${name}, p99`, value: percentile(times, 0.99), unit: "ms" },
    {
      name: "calls accepted after a revocation",
      value: revocations.reduce((sum, { accepted }) => sum + accepted, 0),
      unit: "calls",
      goal: { atMost: 0 },
      detail: `of ${revocations.length} revocations`,
    },
  ];
}

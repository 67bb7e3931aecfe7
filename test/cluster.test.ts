import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cluster, startCluster } from "./cluster.ts";
import { nextSeq } from "./ledger.ts";
import { Wire } from "./wire.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster(2);
});
afterAll(() => cluster.stop());

it("what one node acknowledged is what the next one reads, and both write one ledger", async () => {
  const [one, two] = cluster.nodes.map((node) => Wire.socket(node.server())) as [Wire, Wire];
  (await one.put("/api/secrets/c/key", { value: "by one" })).output();
  expect((await two.get("/api/secrets/c/key")).json).toMatchObject({ version: 1, value: "by one" });
  const seq = await nextSeq(one);
  expect((await two.put("/api/secrets/c/key", { value: "by two" })).seq).toBe(seq);
  expect((await one.get("/api/secrets/c/key")).json).toMatchObject({ version: 2, value: "by two" });
});

it("of blind writers of the same new keys at both nodes, nobody loses what was acknowledged", async () => {
  const wires = cluster.nodes.map((node) => Wire.socket(node.server()));
  const target = (round: number, key: number) => `/api/secrets/c/fresh-${round}-${key}`;
  for (let round = 0; round < 12; round++) {
    const written: { readonly at: string; readonly version: number; readonly value: string }[] = [];
    const refusals: string[] = [];
    const write = async (wire: Wire, at: string, value: string) => {
      const answer = await wire.put(at, { value });
      if (answer.code === undefined) written.push({ at, value, version: answer.output<{ version: number }>().version });
      else refusals.push(answer.code);
    };
    const calls = [0, 1, 2].flatMap((key) =>
      wires.flatMap((wire, node) => [0, 1, 2, 3].map((at) => write(wire, target(round, key), `${node}-${at}`))),
    );
    await Promise.all(calls);
    expect(new Set(refusals).isSubsetOf(new Set(["busy"]))).toBe(true);
    expect(new Set(written.map(({ at, version }) => `${at} ${version}`)).size).toBe(written.length);
    for (const { at, version, value } of written) {
      expect((await (wires[round % 2] as Wire).get(`${at}/versions/${version}`)).json).toMatchObject({ value });
    }
  }
});

it("a node that was killed, or was paused for a while, takes part again", async () => {
  const [one, two] = cluster.nodes as [Cluster["nodes"][0], Cluster["nodes"][0]];
  two.pause();
  (await Wire.socket(one.server()).put("/api/secrets/c/paused", { value: 1 })).output();
  two.resume();
  expect((await Wire.socket(two.server()).get("/api/secrets/c/paused")).json).toMatchObject({ value: 1 });
  await two.kill();
  (await Wire.socket(one.server()).put("/api/secrets/c/killed", { value: 2 })).output();
  await two.start();
  expect((await Wire.socket(two.server()).get("/api/secrets/c/killed")).json).toMatchObject({ value: 2 });
});

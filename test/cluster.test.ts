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

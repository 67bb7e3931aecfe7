import { expect, it, onTestFinished } from "vitest";
import { startCluster } from "../cluster.ts";
import { Wire } from "../wire.ts";

/** Far below what a single statement may take before it counts as lost (30 s and a grace). */
const END_WITHIN_MS = 15_000;

it("a node that is told to stop ends soon, also when its database has fallen silent with calls and duties under way", async () => {
  const cluster = await startCluster(1);
  onTestFinished(() => cluster.stop());
  const [node] = cluster.nodes;
  if (node === undefined) throw new Error("one node was started");
  const wire = Wire.socket(node.server());
  (await wire.put("/api/secrets/c/key", { value: "before" })).output();
  node.network.blackhole();
  const asked = [wire.put("/api/secrets/c/key", { value: "under way" }), wire.get("/api/secrets/c/key")];
  const refused = await Promise.race([Promise.allSettled(asked).then(() => "answered"), pause(1_000)]);
  expect(refused).toBe("");
  const stopped = node.stop();
  expect(await Promise.race([stopped, pause(END_WITHIN_MS).then(() => "it still runs")])).toBe(0);
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([503, 503]);
}, 60_000);

const pause = (ms: number) => new Promise<string>((resolve) => setTimeout(resolve, ms, "").unref());

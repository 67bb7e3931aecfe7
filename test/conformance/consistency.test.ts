import { createClient } from "@holdfast/client";
import { sha256 } from "@holdfast/engine/crypto";
import { fromHex } from "@holdfast/kernel/bytes";
import { verifyConsistency } from "@holdfast/kernel/merkle";
import { expect, onTestFinished, test } from "vitest";
import { startServer } from "../server.ts";

test("each head extends each that was seen before, the empty one too", async () => {
  const server = await startServer();
  onTestFinished(async () => {
    await server.stop();
    server.remove();
  });
  const client = createClient({ socketPath: server.socketPath });
  const roots = new Map<number, string>();
  for (let count = 0; count < 20; count++) {
    const { head } = await client.audit.head();
    roots.set(head.size, head.root);
  }
  expect(await client.audit.head({ from: 0 })).toMatchObject({ consistency: [] });
  for (const [size, root] of roots) {
    const { head, consistency = [] } = await client.audit.head({ from: size });
    const sizes = { size1: size, size2: head.size };
    const proven = { root1: fromHex(root), root2: fromHex(head.root), proof: consistency.map(fromHex) };
    expect({ size, isExtended: verifyConsistency(sha256, { ...sizes, ...proven }) }).toEqual({
      size,
      isExtended: true,
    });
  }
  await expect(client.audit.head({ from: 1_000_000 })).rejects.toMatchObject({ code: "not_found" });
  client.close();
});

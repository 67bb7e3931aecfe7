import { describe, expect, it, onTestFinished } from "vitest";
import { connect } from "./connect.ts";
import { freshDatabase } from "./committer.fixture.ts";
import { hasServer } from "./database.fixture.ts";
import type { PostgresSettings } from "./settings.ts";
import { Turn } from "./turn.ts";

async function turnAt(settings: PostgresSettings, nowMs = () => 0) {
  const client = await connect(settings, "writer");
  onTestFinished(() => client.end());
  return { client, turn: new Turn(client, nowMs) };
}

describe.skipIf(!hasServer)("the turn to commit", () => {
  it("is one node's at a time, and the next one's when it is given back", async () => {
    const settings = await freshDatabase(onTestFinished);
    const [first, second] = [await turnAt(settings), await turnAt(settings)];
    expect(await first.turn.take()).toBe(true);
    const waiting = second.turn.take();
    await first.turn.giveBack();
    expect(await waiting).toBe(true);
    await second.turn.giveBack();
    expect(await first.turn.take()).toBe(true);
  });

  it("is waited for once in vain, then only tried for some seconds", async () => {
    const settings = await freshDatabase(onTestFinished);
    const clock = { nowMs: 0 };
    const [stuck, other] = [await turnAt(settings), await turnAt(settings, () => clock.nowMs)];
    expect(await stuck.turn.take()).toBe(true);
    expect(await other.turn.take()).toBe(false);
    // Were it waited for, the question behind it would be answered later than the same question on another connection.
    expect(await other.turn.take()).toBe(false);
    await stuck.turn.giveBack();
    expect(await other.turn.take()).toBe(true);
    await other.turn.giveBack();
    clock.nowMs = 60_000;
    expect(await other.turn.take()).toBe(true);
  });

  it("falls to the next when the connection of its holder ends", async () => {
    const settings = await freshDatabase(onTestFinished);
    const [first, second] = [await turnAt(settings), await turnAt(settings)];
    expect(await first.turn.take()).toBe(true);
    const waiting = second.turn.take();
    await first.client.end();
    expect(await waiting).toBe(true);
  });

  it("fails with the connection", async () => {
    const settings = await freshDatabase(onTestFinished);
    const { client, turn } = await turnAt(settings);
    await client.end();
    await expect(turn.take()).rejects.toThrow(/not queryable|closed/);
  });
});

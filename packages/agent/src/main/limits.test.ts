import type { RateVerdict } from "@holdfast/engine";
import { expect, it } from "vitest";
import { agentLimits } from "./limits.ts";

const now = 1_000_000;

it("hold for whoever asks, and never for the agent itself", () => {
  const { limits, exempt } = agentLimits();
  exempt("own");
  const admitted = (kind: "actor" | "address", key: string): number =>
    Array.from({ length: 3_000 }, () => limits[kind]!.take(key, now) as RateVerdict).filter(({ allowed }) => allowed)
      .length;
  expect(admitted("actor", "somebody")).toBeLessThan(1_000);
  expect(admitted("actor", "own")).toBe(3_000);
  expect(admitted("address", "uid")).toBeLessThan(2_000);
  expect(admitted("address", "server")).toBe(3_000);
});

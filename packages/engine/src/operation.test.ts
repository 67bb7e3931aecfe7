import { expect, test } from "vitest";
import { definition } from "./gate/gate.fixture.ts";
import { implement } from "./operation.ts";

test("an operation is its definition and its handler, and nothing that could run it", () => {
  const run = () => ({ output: 1 });
  expect(implement(definition, run)).toEqual({ definition, run });
});

import { expect, it } from "vitest";
import { exitCodeOf } from "./exit-code.ts";

it("an exit has its code, an end by a signal 128 and the signal, with a core dump or without", () => {
  expect([0, 0x0300, 0xff00, 9, 0x8b].map(exitCodeOf)).toEqual([0, 3, 255, 137, 139]);
});

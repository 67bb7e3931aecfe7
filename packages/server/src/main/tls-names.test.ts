import { expect, it } from "vitest";
import { tlsNamesOf } from "./tls-names.ts";

it("reads names and addresses between commas", () => {
  expect(tlsNamesOf(" Holdfast.example.org, 10.0.0.7,,fd00::7,*.nodes.internal ")).toEqual([
    "holdfast.example.org",
    "10.0.0.7",
    "fd00::7",
    "*.nodes.internal",
  ]);
  expect(tlsNamesOf("")).toEqual([]);
});

it.each(["10.0.0.777", "a b", "https://holdfast", "-a.example", "a..b", "*.", `${"a".repeat(64)}.org`, "a.*.org"])(
  "refuses %s, which no certificate can hold",
  (text) => {
    expect(() => tlsNamesOf(`holdfast.example.org,${text}`)).toThrow(
      expect.objectContaining({ exitCode: 16, message: expect.stringContaining("HOLDFAST_TLS_NAMES") as string }),
    );
  },
);

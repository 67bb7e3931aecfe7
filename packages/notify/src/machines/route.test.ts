import { expect, test } from "vitest";
import { notificationOf } from "../notification.fixture.ts";
import { takes } from "./route.ts";

const notification = notificationOf({ tags: ["execution", "linux"] });

test.each([
  ["no list takes everything", {}, true],
  ["its severity", { severities: ["critical", "high"] as const }, true],
  ["another severity", { severities: ["low"] as const }, false],
  ["its rule", { rules: ["a", "exec-from-tmp"] }, true],
  ["the beginning of its rule", { rules: ["exec-*"] }, true],
  ["another rule that begins alike", { rules: ["exec-from"] }, false],
  ["one of its tags", { tags: ["linux", "windows"] }, true],
  ["none of its tags", { tags: ["windows"] }, false],
  ["a list that is met and one that is not", { severities: ["high"] as const, tags: ["windows"] }, false],
])("a route with %s", (_name, route, expected) => {
  expect(takes(route, notification)).toBe(expected);
});

test("a notification without tags meets no list of tags", () => {
  expect(takes({ tags: ["linux"] }, notificationOf())).toBe(false);
});

import { expect, it } from "vitest";
import type { Given } from "../../command.ts";
import { stage } from "../../context.fixture.ts";
import { storageEnvironment, warnOfUnknown } from "./storage-environment.ts";

function environmentOf(options: Given["options"]) {
  const given = { arguments: [], options };
  const env = { HOLDFAST_STORAGE_URL: "postgres://a@b/c", HOLDFAST_NODE_NAME: "one" };
  return storageEnvironment(stage({ env, workingFolder: "/work" }, given).context, given);
}

it("is what a node would be told, but for what was given", () => {
  expect(environmentOf({})).toEqual({ HOLDFAST_STORAGE_URL: "postgres://a@b/c", HOLDFAST_NODE_NAME: "one" });
  expect(environmentOf({ "storage-url": "postgres://x@[::1]:5432/y?sslmode=disable", "data-dir": "data" })).toEqual({
    HOLDFAST_STORAGE_URL: "postgres://x@[::1]:5432/y?sslmode=disable",
    HOLDFAST_DATA_DIR: "/work/data",
    HOLDFAST_NODE_NAME: "one",
  });
});

it.each([
  "postgres://user:secret@host/db",
  "postgres://user:sec/ret@host/db",
  "postgres://user:sec@ret@host:5432/db",
  "postgres://user:@host/db",
  "postgres://:secret@host/db",
  "postgres://user@host/db?password=secret",
  "postgres://user@host/db?PASSWORD=secret",
  "user:secret@host/db",
])("refuses a password on the command line: %s", (url) => {
  expect(() => environmentOf({ "storage-url": url })).toThrow("a password in --storage-url");
});

it("warns of settings that are none, beside the answer", () => {
  const scene = stage({}, { arguments: [], options: {} });
  warnOfUnknown(scene.context, ["HOLDFAST_STORAGE_TIMEOUT"]);
  expect(scene.err()).toBe("holdfast: unknown setting HOLDFAST_STORAGE_TIMEOUT; is it misspelt?\n");
  expect(scene.out()).toBe("");
});

import { expect, test } from "vitest";
import { findOutOfStep } from "./out-of-step.ts";

const manifest = {
  version: "0.1.0",
  dependencies: { a: "1.0.0" },
  devDependencies: {},
  bin: { holdfast: "./bin/holdfast" },
};
const found = (locked: object): readonly string[] =>
  findOutOfStep(JSON.stringify({ packages: { "packages/cli": locked } }), [
    ["packages/cli/package.json", JSON.stringify(manifest)],
  ]);

test("a lock file that says what the manifest says is clean, whatever npm leaves out or shortens", () => {
  expect(found({ version: "0.1.0", dependencies: { a: "1.0.0" }, bin: { holdfast: "bin/holdfast" } })).toEqual([]);
});

test("a dependency or a command that only the manifest names is found", () => {
  expect(found({ version: "0.1.0" })).toEqual([
    "package-lock.json: dependencies of packages/cli/package.json is not what that file says; run npm install",
    "package-lock.json: bin of packages/cli/package.json is not what that file says; run npm install",
  ]);
});

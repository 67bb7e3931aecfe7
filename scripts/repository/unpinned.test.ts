import { expect, test } from "vitest";
import { findUnpinned } from "./unpinned.ts";

test("a range of versions is found wherever it stands", () => {
  const manifest = {
    dependencies: { a: "1.2.3", b: "^1.2.3" },
    devDependencies: { c: "*" },
    optionalDependencies: { d: "1.0.0-rc.1" },
  };
  expect(findUnpinned("package.json", JSON.stringify(manifest))).toEqual([
    "package.json: b is ^1.2.3, not one exact version",
    "package.json: c is *, not one exact version",
  ]);
});

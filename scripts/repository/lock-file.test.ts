import { expect, test } from "vitest";
import { findInLockFile } from "./lock-file.ts";

const lock = (packages: object): string => JSON.stringify({ packages });

test("a lock file that pins by hash and names no host is clean", () => {
  const ours = {
    "packages/kernel": { version: "0.1.0" },
    "node_modules/@holdfast/kernel": { resolved: "packages/kernel", link: true },
  };
  expect(findInLockFile(lock({ ...ours, "node_modules/a": { version: "1.0.0", integrity: "sha512-x" } }))).toEqual([]);
});

test("the host of a registry is found", () => {
  const entry = { version: "1.0.0", integrity: "sha512-x", resolved: "https://registry.example/a.tgz" };
  expect(findInLockFile(lock({ "node_modules/a": entry }))).toEqual([
    "package-lock.json: node_modules/a names a registry host",
  ]);
});

test("a package without a hash is found, unless it is for another kind of machine", () => {
  const arm = { version: "1.0.0", os: ["linux"], cpu: ["arm64"] };
  const x64 = { version: "1.0.0", os: ["linux"], cpu: ["x64"], libc: ["glibc"] };
  expect(findInLockFile(lock({ "node_modules/arm": arm, "node_modules/x64": x64 }))).toEqual([
    "package-lock.json: node_modules/x64 has no integrity hash",
  ]);
});

test("an optional package without an entry is found: npm ci would refuse the file", () => {
  const esbuild = { version: "1.0.0", integrity: "sha512-x", optionalDependencies: { "esbuild-aix": "1.0.0" } };
  expect(findInLockFile(lock({ "node_modules/esbuild": esbuild }))).toHaveLength(1);
  expect(
    findInLockFile(
      lock({ "node_modules/esbuild": esbuild, "node_modules/esbuild-aix": { version: "1.0.0", os: ["aix"] } }),
    ),
  ).toEqual([]);
});

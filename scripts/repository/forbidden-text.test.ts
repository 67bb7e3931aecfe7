import { expect, test } from "vitest";
import { findForbiddenText } from "./forbidden-text.ts";

test("a path on somebody's machine is found, with its line", () => {
  expect(findForbiddenText("a.md", "first\nsee /home/ada/holdfast/x.ts")).toEqual([
    'a.md:2: "/home/ada/holdfast" is a path on somebody\'s machine',
  ]);
});

test("so is a path to what lies beside the checkout", () => {
  const found = findForbiddenText("a.ts", "see /srv/build/vectors/x and /srv/build/vectors-2", ["/srv/build/vectors"]);
  expect(found).toEqual(['a.ts:1: "/srv/build/vectors" is a path on somebody\'s machine']);
  expect(findForbiddenText("a.ts", "see /srv/build/vectors-2", ["/srv/build/vectors"])).toEqual([]);
});

test("routes, relative paths and web addresses are not", () => {
  expect(findForbiddenText("a.ts", "GET /api/work/x, ./root/a, https://example.org/home/ada/x, ~/work/a")).toEqual([]);
});

test("files of root that every host has, and homes of nobody, are not", () => {
  expect(findForbiddenText("a.yaml", "/root/.ssh/authorized_keys /root/.bash_history /home/alice/.ssh/id")).toEqual([]);
  expect(findForbiddenText("a.yaml", "/root/.bashful.txt/x")).toHaveLength(1);
});

test("a private key is found, but not the word for one", () => {
  const dashes = "-----";
  const key = `${dashes}BEGIN EC PRIVATE KEY${dashes}\nMHcCAQEEIBzYkv4qJm1`;
  expect(findForbiddenText("a.ts", key)).toHaveLength(1);
  expect(findForbiddenText("a.ts", "-----BEGIN PRIVATE KEY-----")).toEqual([]);
});

test("a merge that was left half done is found", () => {
  expect(findForbiddenText("a.ts", "a\n<<<<<<< HEAD\nb")).toHaveLength(1);
});

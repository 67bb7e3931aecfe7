import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { FileHashes } from "./file-hashes.ts";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "holdfast-hash-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");

test("a file is hashed in parts, once until it changes", async () => {
  const path = join(folder(), "big");
  const content = Buffer.alloc(600_000, "abc");
  writeFileSync(path, content);
  const hashes = new FileHashes();
  const stat = statSync(path);
  const [first, second] = await Promise.all([hashes.of(path, stat), hashes.of(path, stat)]);
  expect([first, second]).toEqual([sha256(content), sha256(content)]);
  expect(await hashes.of("/no/such/file", stat)).toBe(sha256(content));
  appendFileSync(path, "more");
  expect(await hashes.of(path, statSync(path))).toBe(sha256(Buffer.concat([content, Buffer.from("more")])));
  expect(hashes.size).toBe(2);
  hashes.shrink(1);
  expect(hashes.size).toBe(1);
});

test("what is remembered is bounded, and what was used last is kept", async () => {
  const here = folder();
  const hashes = new FileHashes({ maxEntries: 2 });
  const paths = ["a", "b", "c"].map((name) => join(here, name));
  for (const path of paths) {
    writeFileSync(path, path);
    await hashes.of(path, statSync(path));
    await hashes.of(paths[0] as string, statSync(paths[0] as string));
  }
  expect(hashes.size).toBe(2);
  expect(await hashes.of("/gone", statSync(paths[0] as string))).toBe(sha256(paths[0] as string));
});

test("a file that is another one by now, too large, or none, has no hash", async () => {
  const here = folder();
  const path = join(here, "a");
  writeFileSync(path, "one");
  const seen = statSync(path);
  appendFileSync(path, "two");
  const told: string[] = [];
  const hashes = new FileHashes({ maxBytes: 5, onFailure: (reason) => told.push(reason) });
  expect(await hashes.of(path, seen)).toBe("");
  expect(await hashes.of(path, statSync(path))).toBe("");
  expect(told).toEqual(["hash_too_large"]);
  execFileSync("mkfifo", [join(here, "pipe")]);
  expect(await hashes.of(join(here, "pipe"), statSync(join(here, "pipe")))).toBe("");
  expect(await hashes.of(here, statSync(here))).toBe("");
});

test("a read that does not come back is given up and counted, and nothing is hashed while too many hang", async () => {
  const here = folder();
  const told: string[] = [];
  const reads: PromiseWithResolvers<string>[] = [];
  const hash = () => {
    const read = Promise.withResolvers<string>();
    reads.push(read);
    return read.promise;
  };
  const hashes = new FileHashes({ deadlineMs: 1, hash, onFailure: (reason) => told.push(reason) });
  const hashOf = (name: string) => {
    writeFileSync(join(here, name), name);
    return hashes.of(join(here, name), statSync(join(here, name)));
  };
  expect(await Promise.all(["a", "b", "c"].map(hashOf))).toEqual(["", "", ""]);
  expect(told).toEqual(["hash_timeout", "hash_timeout", "hash_stuck"]);
  expect(reads).toHaveLength(2);
  for (const read of reads) read.resolve("late");
  await Promise.allSettled(reads.map(({ promise }) => promise));
  const fourth = hashOf("d");
  await expect.poll(() => reads.length).toBe(3);
  reads[2]?.resolve("d0");
  await fourth;
  expect(told).toHaveLength(3);
});

test("of those that wait, the smallest is next: a small program is not behind all large ones of the host", async () => {
  const here = folder();
  const order: string[] = [];
  const hashes = new FileHashes({
    hash: (path) => {
      order.push(path.slice(here.length + 1));
      return Promise.resolve(path);
    },
  });
  const wanted = Object.entries({ first: 900, large: 800, medium: 500, small: 10 }).map(([name, bytes]) => {
    const path = join(here, name);
    writeFileSync(path, Buffer.alloc(bytes));
    return hashes.of(path, statSync(path));
  });
  await Promise.all(wanted);
  expect(order).toEqual(["first", "small", "medium", "large"]);
});

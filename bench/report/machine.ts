import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, statfsSync, writeSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { percentile } from "../measure/statistics.ts";

const filesystems: Readonly<Record<number, string>> = {
  0xef53: "ext4",
  0x9123683e: "btrfs",
  0x58465342: "xfs",
  0x01021994: "tmpfs",
  0x794c7630: "overlay",
};
const measuredDependencies = ["fastify", "sodium-native", "@napi-rs/blake-hash", "lru-cache", "ajv"];
const syncs = 200;

/** What the figures depend on, as rows of a table. */
export function describeMachine(folder: string): readonly (readonly [string, string])[] {
  const { node, sqlite, openssl, v8 } = process.versions;
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  return [
    ["processor", `${cpus()[0]?.model.trim() ?? "unknown"}, ${availableParallelism()} cores, ${gibibytes} GiB`],
    ["system", `${process.platform} ${release()} ${process.arch}`],
    ["disk", `${filesystemOf(folder)}, write and fdatasync of 4 KiB: ${syncMicroseconds(folder)}`],
    ["Node.js", `${node} (V8 ${v8}, SQLite ${sqlite}, OpenSSL ${openssl})`],
    ["dependencies", measuredDependencies.map((name) => `${name} ${versionOf(name)}`).join(", ")],
  ];
}

/** On a file system in memory nothing is durable, and every figure of a write would be wrong. */
export function isInMemory(folder: string): boolean {
  return filesystemOf(folder) === "tmpfs";
}

function filesystemOf(folder: string): string {
  const { type } = statfsSync(folder);
  return filesystems[type] ?? `file system 0x${type.toString(16)}`;
}

function syncMicroseconds(folder: string): string {
  const path = join(folder, "sync");
  const file = openSync(path, "w");
  const block = Buffer.alloc(4096);
  const times: number[] = [];
  for (let done = 0; done < syncs; done += 1) {
    const start = performance.now();
    writeSync(file, block);
    fdatasyncSync(file);
    times.push((performance.now() - start) * 1000);
  }
  closeSync(file);
  rmSync(path);
  return `median ${Math.round(percentile(times, 0.5))} µs, p99 ${Math.round(percentile(times, 0.99))} µs`;
}

function versionOf(name: string): string {
  const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

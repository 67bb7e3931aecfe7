import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";

/** Watches a descriptor that is readable all the time, and ends in some way. */
async function codeOf(ending: string): Promise<unknown> {
  const program = `
    const { libc } = await import(process.argv[1]);
    const { watchDescriptor } = await import(process.argv[2]);
    const descriptor = libc().syscall(process.arch === "arm64" ? 19 : 290, 1, 0n, 0);
    const { promise, resolve } = Promise.withResolvers();
    watchDescriptor(descriptor, resolve, () => process.exit(9));
    setTimeout(() => process.exit(8), 10_000).unref();
    const alive = setInterval(() => {}, 1000);
    await promise;
    clearInterval(alive);
    ${ending};
  `;
  const places = ["libc.ts", "watch-descriptor.ts"].map((name) => new URL(name, import.meta.url).href);
  const child = spawn(process.execPath, ["--input-type=module", "-e", program, ...places], { stdio: "ignore" });
  return (await once(child, "exit"))[0];
}

describe.skipIf(process.platform !== "linux")("a watched descriptor (needs Linux)", () => {
  it("does not keep a process alive, nor make it end otherwise than it wants to", async () => {
    expect(await codeOf("")).toBe(0);
    expect(await codeOf("process.exit(3)")).toBe(3);
    expect(await codeOf("setImmediate(() => { throw new Error('broken') })")).toBe(1);
  });
});

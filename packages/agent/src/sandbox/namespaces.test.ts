import { execFileSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findNamespaces } from "./namespaces.ts";

describe("namespaces", () => {
  it("are switched off by an empty list of programs, and that is said", async () => {
    expect(await findNamespaces([])).toEqual({
      feature: { name: "namespaces", state: "unavailable", detail: expect.any(String) as string },
      wrapper: undefined,
    });
  });

  it.for(["bwrap", "unshare"])("by %s give a program a network of its own", async (program, { skip }) => {
    const { feature, wrapper } = await findNamespaces([program]);
    if (wrapper === undefined) return skip(feature.detail);
    const own = readlinkSync("/proc/self/ns/net");
    const other = execFileSync(wrapper.command, [...wrapper.args, "/bin/readlink", "/proc/self/ns/net"], {
      encoding: "utf8",
    });
    expect(other.trim()).toMatch(/^net:\[\d+\]$/);
    expect(other.trim()).not.toBe(own);
  });
});

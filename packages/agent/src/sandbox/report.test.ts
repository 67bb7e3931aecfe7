import { describe, expect, it } from "vitest";
import { type FeatureName, featureNames, missingOf, reaches, reportOf, type SandboxFeature } from "./report.ts";

const all = (state: SandboxFeature["state"], but: readonly FeatureName[] = []): SandboxFeature[] =>
  featureNames.map((name) => ({ name, state: but.includes(name) ? "failed" : state, detail: "" }));

describe("a sandbox report", () => {
  it("is full when nothing is missing that a process without root's help can have", () => {
    expect(reportOf(all("on")).level).toBe("full");
    expect(reportOf(all("on", ["own_user"])).level).toBe("full");
  });

  it.each(featureNames.filter((name) => name !== "own_user"))("is not full without %s", (name) => {
    expect(reportOf(all("on", [name])).level).not.toBe("full");
  });

  it("is partial while memory is bounded and one barrier stands, else none", () => {
    expect(reportOf(all("on", ["landlock"])).level).toBe("partial");
    expect(reportOf(all("on", ["seccomp"])).level).toBe("partial");
    expect(reportOf(all("on", ["seccomp", "landlock"])).level).toBe("none");
    expect(reportOf(all("on", ["memory"])).level).toBe("none");
    expect(reportOf([]).level).toBe("none");
  });

  it("names every line of defence, those that nobody spoke of too", () => {
    const { features } = reportOf([{ name: "seccomp", state: "on", detail: "all threads" }]);
    expect(features.map(({ name }) => name)).toEqual(featureNames);
    expect(features.filter(({ state }) => state === "on")).toEqual([
      { name: "seccomp", state: "on", detail: "all threads" },
    ]);
  });

  it("says once what several lines are missing for", () => {
    const why = { state: "unavailable", detail: "no koffi" } as const;
    const features = [
      { name: "limits", ...why },
      { name: "seccomp", state: "failed", detail: "EPERM" },
      { name: "memory", ...why },
      { name: "landlock", state: "on", detail: "version 7" },
    ] as const;
    expect(missingOf({ level: "none", features })).toEqual(["limits, memory: no koffi", "seccomp: EPERM"]);
  });

  it("is held against a minimum", () => {
    expect(reaches("full", "partial")).toBe(true);
    expect(reaches("partial", "partial")).toBe(true);
    expect(reaches("none", "partial")).toBe(false);
  });
});

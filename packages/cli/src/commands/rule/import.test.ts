import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseRules, ruleTables } from "@holdfast/rules";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stage } from "../../context.fixture.ts";
import { ruleImport } from "./import.ts";

/** A rule as Sigma writes them, made for this test. */
const sigma = `title: Decoding of Base64
id: 0b9f1c52-7f4e-4a54-9d1b-5c8d8a2f6a01
status: test
description: Looks for base64 -d
references:
  - https://example.org/base64
author: Jane Doe
license: Apache-2.0
tags:
  - attack.defense-evasion
  - attack.t1027
logsource:
  category: process_creation
  product: linux
detection:
  selection:
    Image|endswith: /base64
    CommandLine|contains: '-d'
  condition: selection
falsepositives:
  - Legitimate activities
level: low
`;
const unknown = sigma.replace("process_creation", "dns_query").replace("0b9f", "1b9f");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-import-"));
  writeFileSync(join(folder, "base64.yml"), sigma);
});
afterEach(() => rmSync(folder, { recursive: true }));

async function run(names: readonly string[], options: Readonly<Record<string, string | true>> = {}) {
  const given = { arguments: names, options };
  const staged = stage({ workingFolder: folder }, given);
  const code = await ruleImport.run(staged.context, given);
  return { out: staged.out(), err: staged.err(), code };
}

const written = (name: string): string => readFileSync(join(folder, "rules", name), "utf8");

describe("rules import", () => {
  it("writes rules that the agent takes, and keeps whose they are", async () => {
    expect(await run(["base64.yml"], { out: "rules" })).toMatchObject({
      out: "1 of 1 rule compiled, 1 written\n",
      code: undefined,
    });
    const parsed = parseRules(written("base64.yaml"), "base64.yaml", { profile: "extended", tables: ruleTables });
    expect(parsed.issues).toEqual([]);
    expect(parsed.rules[0]?.rule).toMatchObject({
      title: "Decoding of Base64",
      severity: "low",
      source: { kind: "sigma", author: "Jane Doe", license: "Apache-2.0", references: ["https://example.org/base64"] },
    });
  });

  it("writes nothing unless it is told where", async () => {
    expect((await run(["base64.yml"])).out).toBe("1 of 1 rule compiled\n");
    expect(readdirSync(folder)).toEqual(["base64.yml"]);
  });

  it("shows the SQL when asked", async () => {
    const { out } = await run(["base64.yml"], { "show-sql": true });
    expect(out).toMatch(/^Decoding of Base64\nSELECT [^]*\nFROM process_events\n/);
  });

  it("explains with file, line and column what cannot be compiled, and compiles the rest", async () => {
    writeFileSync(join(folder, "dns.yml"), unknown);
    const { out, code } = await run(["base64.yml", "dns.yml"]);
    expect(out).toMatch(/^dns\.yml:\d+:\d+: logsource/);
    expect(out).toContain("1 of 2 rules compiled\n");
    expect(code).toBe(1);
  });

  it("replaces no file that says something else, unless it is forced to", async () => {
    await run(["base64.yml"], { out: "rules" });
    expect((await run(["base64.yml"], { out: "rules" })).out).toContain("0 written");
    writeFileSync(join(folder, "rules/base64.yaml"), "mine");
    const kept = await run(["base64.yml"], { out: "rules" });
    expect(kept.err).toContain("--force replaces them");
    expect(written("base64.yaml")).toBe("mine");
    await run(["base64.yml"], { out: "rules", force: true });
    expect(written("base64.yaml")).toContain("Decoding of Base64");
  });

  it("tells two files of one name apart", async () => {
    rmSync(join(folder, "base64.yml"));
    for (const name of ["a", "b"]) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, "base64.yml"), name === "a" ? sigma : sigma.replace("0b9f", "2b9f"));
    }
    await run(["a", "b"], { out: "rules" });
    expect(readdirSync(join(folder, "rules"))).toHaveLength(2);
  });

  it("says in JSON what came of each file", async () => {
    const { out } = await run(["base64.yml"], { json: true });
    expect(JSON.parse(out)).toMatchObject({ ok: true, compiled: [{ file: "base64.yml" }], refused: [] });
  });

  it("refuses a folder that it cannot write to", async () => {
    writeFileSync(join(folder, "rules"), "");
    await expect(run(["base64.yml"], { out: "rules" })).rejects.toThrow("cannot be made (EEXIST)");
  });
});

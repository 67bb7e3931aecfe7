import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { actorId, tenantId } from "@holdfast/spine/keyring.fixture";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSlice, type SliceBench } from "../slices.fixture.ts";
import {
  loadRules,
  restoreRules,
  RuleBook,
  ruleOperations,
  type RuleParts,
  ruleReload,
  type RuleReading,
  ruleStateTables,
} from "./index.ts";

let folder: string;
let book: RuleBook;
let bench: SliceBench;
let running: readonly string[];
let enabled: string[];
let told: unknown[];
const readings = new Map<string, RuleReading>();
const load = () => loadRules({ starter: join(folder, "starter"), own: join(folder, "own"), profile: "strict" });

const ruleText = (id: string, more = "") =>
  `id: ${id}\ntitle: Title of ${id}\nseverity: high\nsql: SELECT pid, path FROM process_events WHERE type = 'exec'\n${more}`;
const write = (name: string, text: string, mode = 0o644) => {
  writeFileSync(join(folder, name), text);
  chmodSync(join(folder, name), mode);
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-rules-"));
  for (const name of ["starter", "own"]) mkdirSync(join(folder, name));
  write("starter/a.yaml", ruleText("alpha"));
  write("starter/b.yml", ruleText("beta", "description: Looks for it\nattack: [T1059]\n"));
  write("own/mine.yaml", ruleText("mine"));
  readings.clear();
  enabled = [];
  told = [];
  book = new RuleBook(
    (rules) => {
      running = rules.map(({ rule }) => rule.id);
    },
    ({ rule }) => enabled.push(rule.id),
  );
  book.activate(load());
  bench = await openSlice((define, effects) => {
    const onChanged: NonNullable<RuleParts["onChanged"]> = (difference, { actor }) => {
      told.push({ ...difference, actor });
    };
    const parts = { book, load, readings: (rule: string) => readings.get(rule), effects, onChanged };
    return [
      ...ruleOperations(define, parts),
      { ...ruleReload(parts), definition: { ...ruleReload(parts).definition, name: "duty" } },
    ];
  }, ruleStateTables);
});
afterEach(async () => {
  await bench.close();
  rmSync(folder, { recursive: true });
});

const one = (rule: string) => ({ params: { rule } });

describe("rules", () => {
  it("are listed by id with how their runs went, in pages; the first names files that hold none", async () => {
    write("own/broken.yaml", ruleText("broken").replace("SELECT", "DELETE"));
    await bench.call("rule.reload");
    readings.set("alpha", { findings: 3, errors: 1, lastRunAt: 0, lastDurationMs: 0.5, lastError: "x".repeat(2000) });
    const first = (await bench.call("rule.list", { query: { limit: 2 } })) as { readonly next: string };
    expect(first).toMatchObject({
      items: [
        {
          id: "alpha",
          origin: "starter",
          file: "a.yaml",
          schedule: "each tick",
          state: "enabled",
          findings: 3,
          errors: 1,
        },
        { id: "beta", findings: 0 },
      ],
      problems: [{ file: "broken.yaml", line: 4, column: 6 }],
      next: "beta",
    });
    const second = await bench.call("rule.list", { query: { limit: 2, after: first.next } });
    expect(second).toMatchObject({ items: [{ id: "mine", origin: "own" }], problems: [] });
  });

  it("are read with their statement", async () => {
    expect(await bench.call("rule.read", one("beta"))).toMatchObject({
      description: "Looks for it",
      profile: "strict",
      tables: ["process_events"],
      attack: ["T1059"],
      sql: "SELECT pid, path FROM process_events WHERE type = 'exec'",
    });
    expect(await bench.call("rule.read", one("gamma"))).toMatchObject({ code: "not_found" });
  });

  it("of one's own take the place of one that comes with the agent; the first of two in one folder runs", () => {
    write("own/alpha.yaml", ruleText("alpha", "description: Mine\n"));
    write("own/zz.yaml", ruleText("mine", "description: Second\n"));
    const { rules, problems } = load();
    expect(rules.get("alpha")).toMatchObject({ origin: "own", rule: { description: "Mine" } });
    expect(rules.get("mine")).toMatchObject({ file: "mine.yaml" });
    expect(problems).toEqual([
      { file: "zz.yaml", message: "The rule mine stands in mine.yaml already; that one runs." },
    ]);
  });

  it.each(["agent-file-changed", "agent-rule-files-changed"])(
    "of one's own do not take the place of %s, which would tell of it",
    (id) => {
      write("starter/agent.yaml", ruleText(id));
      write("own/quiet.yaml", ruleText(id, "description: Finds nothing\n"));
      const { rules, problems } = load();
      expect(rules.get(id)).toMatchObject({ origin: "starter" });
      expect(problems).toMatchObject([{ file: "quiet.yaml", message: expect.stringContaining(id) as string }]);
    },
  );

  it("keep who wrote them and under which licence", async () => {
    const source =
      "source: {kind: sigma, id: 0b1, author: Jane, license: DRL-1.1, references: [https://example.org]}\n";
    write("own/sigma.yaml", ruleText("sigma", source));
    await bench.call("rule.reload");
    expect(await bench.call("rule.read", one("sigma"))).toMatchObject({
      source: { kind: "sigma", author: "Jane", licence: "DRL-1.1", references: ["https://example.org"] },
    });
  });
});

describe("rule files", () => {
  it.each([
    ["that everybody may write", () => write("own/x.yaml", ruleText("x"), 0o666), "Everybody may write it"],
    ["that are links", () => symlinkSync("/etc/hostname", join(folder, "own/x.yaml")), "It is a link"],
    ["that are links to folders", () => symlinkSync("/etc", join(folder, "own/x.yaml")), "It is a link"],
    ["that are too large", () => write("own/x.yaml", "#".repeat(4 * 1024 * 1024 + 1)), "It is larger than"],
    ["that are no text", () => writeFileSync(join(folder, "own/x.yaml"), Buffer.from([0xff])), "It is not UTF-8"],
  ])("%s are named and not read", (_, make, message) => {
    make();
    const { rules, problems } = load();
    expect(problems).toMatchObject([{ file: "x.yaml", message: expect.stringContaining(message) as string }]);
    expect([...rules.keys()]).toEqual(["alpha", "beta", "mine"]);
  });

  it("in a folder that everybody may write are not read: they might be anybody's", () => {
    chmodSync(join(folder, "own"), 0o777);
    const { rules, problems } = load();
    expect(problems).toMatchObject([
      { file: ".", message: expect.stringContaining("Everybody may write it") as string },
    ]);
    expect([...rules.keys()]).toEqual(["alpha", "beta"]);
  });

  it.skipIf(process.geteuid?.() !== 0)("of another user are not read, nor is a folder of theirs (needs root)", () => {
    chownSync(join(folder, "own/mine.yaml"), 65_534, 65_534);
    const another = expect.stringContaining("It belongs to another user (uid 65534).") as string;
    expect(load()).toMatchObject({ problems: [{ file: "mine.yaml", message: another }] });
    chownSync(join(folder, "own"), 65_534, 65_534);
    expect(load()).toMatchObject({ problems: [{ file: ".", message: another }] });
    chownSync(join(folder, "starter"), 65_534, 65_534);
    expect([...load().rules.keys()]).toEqual(["alpha", "beta"]);
  });

  it("in folders below are read too, where imported rules lie", () => {
    mkdirSync(join(folder, "own/sigma/linux"), { recursive: true });
    write("own/sigma/linux/imported.yaml", ruleText("imported"));
    const { rules, problems } = load();
    expect(problems).toEqual([]);
    expect(rules.get("imported")).toMatchObject({ file: "sigma/linux/imported.yaml", origin: "own" });
  });

  it("in folders below that everybody may write, that are links, or that lie too deep are not read, and that is said", () => {
    for (const name of ["open", "a/b/c/d"]) mkdirSync(join(folder, "own", name), { recursive: true });
    write("own/open/x.yaml", ruleText("x"));
    write("own/a/b/c/d/x.yaml", ruleText("x"));
    chmodSync(join(folder, "own/open"), 0o777);
    symlinkSync("/etc", join(folder, "own/link"));
    const { rules, problems } = load();
    expect([...rules.keys()]).toEqual(["alpha", "beta", "mine"]);
    expect(problems.map(({ file }) => file).toSorted()).toEqual(["a/b/c/d", "link", "open"]);
  });

  it("that are hidden, or of another kind, are not looked at; a folder that is missing holds none", () => {
    write("own/.hidden.yaml", "nonsense: [");
    write("own/notes.txt", "nonsense");
    expect(load().problems).toEqual([]);
    rmSync(join(folder, "own"), { recursive: true });
    expect(load()).toMatchObject({ problems: [] });
    writeFileSync(join(folder, "own"), "");
    expect(load().problems).toEqual([{ file: ".", message: "The folder cannot be read (ENOTDIR)." }]);
  });
});

describe("a rule that the agent runs no more", () => {
  it("shows why, and runs again once somebody enables it", async () => {
    readings.set("beta", { findings: 0, errors: 5, stoppedBecause: "it failed 5 times in a row" });
    const stopped = { state: "disabled", note: "it failed 5 times in a row" };
    expect(await bench.call("rule.read", one("beta"))).toMatchObject(stopped);
    await bench.call("rule.enable", { ...one("beta"), body: { note: "mended" } });
    expect(enabled).toEqual(["beta"]);
    await bench.call("rule.disable", { ...one("beta"), body: { note: "not mended" } });
    expect(enabled).toEqual(["beta"]);
  });
});

describe("switching a rule off", () => {
  it("takes effect with its record, says why, and outlives a restart", async () => {
    expect(running).toEqual(["alpha", "beta", "mine"]);
    const disabled = await bench.call("rule.disable", { ...one("beta"), body: { note: "too loud" } });
    expect(disabled).toEqual({ rule: "beta", state: "disabled" });
    expect(bench.lastPlan().facts).toEqual({ rule: "beta", isEnabled: false, note: "too loud" });
    expect(running).toEqual(["alpha", "mine"]);
    expect(await bench.call("rule.read", one("beta"))).toMatchObject({
      state: "disabled",
      note: "too loud",
      changedBy: actorId,
    });
    const again = new RuleBook(() => {});
    await bench.plan(async ({ reads }) => {
      await restoreRules(again, load(), reads, tenantId);
      return { output: {} };
    });
    expect(again.running.map(({ rule }) => rule.id)).toEqual(["alpha", "mine"]);
  });

  it("is undone by enabling it, and stays through a reload", async () => {
    await bench.call("rule.disable", { ...one("beta"), body: { note: "too loud" } });
    await bench.call("rule.reload");
    expect(running).toEqual(["alpha", "mine"]);
    expect(await bench.call("rule.enable", { ...one("beta"), body: {} })).toEqual({ rule: "beta", state: "enabled" });
    expect(running).toEqual(["alpha", "beta", "mine"]);
  });

  it("needs a reason, and a rule that is there", async () => {
    expect(await bench.call("rule.disable", { ...one("beta"), body: {} })).toMatchObject({ code: "invalid_input" });
    expect(await bench.call("rule.disable", { ...one("gamma"), body: { note: "why" } })).toMatchObject({
      code: "not_found",
    });
    expect(running).toEqual(["alpha", "beta", "mine"]);
  });
});

describe("a reload", () => {
  it("says what is new, changed, gone and wrong, and takes effect with its record", async () => {
    write("own/new.yaml", ruleText("new"));
    write("own/mine.yaml", ruleText("mine", "description: Changed\n"));
    write("own/bad.yaml", "id: bad\n");
    rmSync(join(folder, "starter/a.yaml"));
    expect(await bench.call("rule.reload")).toMatchObject({ rules: 3, added: 1, changed: 1, removed: 1 });
    expect(bench.lastPlan().facts).toMatchObject({
      addedRules: ["new"],
      changedRules: ["mine"],
      removedRules: ["alpha"],
    });
    expect(running).toEqual(["beta", "mine", "new"]);
    expect(await bench.call("rule.reload")).toMatchObject({ added: 0, changed: 0, removed: 0 });
  });

  it("tells once of what it changed and who asked for it, and of nothing when it changed nothing", async () => {
    write("own/new.yaml", ruleText("new"));
    rmSync(join(folder, "starter/a.yaml"));
    await bench.call("rule.reload");
    await bench.call("rule.reload");
    const content = expect.stringMatching(/^[0-9a-f]{64}$/) as string;
    expect(told).toEqual([{ added: ["new"], changed: [], removed: ["alpha"], content, actor: actorId }]);
  });

  it("tells one change of a rule from the next", async () => {
    for (const words of ["Harmless", "Not so"]) {
      write("own/mine.yaml", ruleText("mine", `description: ${words}\n`));
      await bench.call("rule.reload");
    }
    const contents = (told as { content: string }[]).map(({ content }) => content);
    expect(new Set(contents).size).toBe(2);
  });

  it("is recorded as well when the agent does it unasked", async () => {
    write("own/new.yaml", ruleText("new"));
    expect(await bench.call("duty")).toMatchObject({ added: 1 });
    expect(running).toContain("new");
  });
});

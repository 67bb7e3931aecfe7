import catalogue from "@holdfast/contract/catalogue.json" with { type: "json" };
import { describe, expect, it } from "vitest";
import { type Scene, stage } from "../../context.fixture.ts";
import { alertList } from "./list.ts";
import { silenceList } from "./silence.ts";

const operations = catalogue.operations as unknown as Record<string, { examples: { output: { items: object[] } }[] }>;
const found = operations["alert.list"]?.examples[0]?.output.items[0];
const given = { arguments: [], options: {} };

async function shown(scene: Scene, alert: object = {}): Promise<string[]> {
  const staged = stage({ answer: () => ({ items: [{ ...found, ...alert }] }), ...scene }, given, alertList);
  await alertList.run(staged.context, given);
  return staged.out().split("\n").slice(0, -1);
}

describe("the list of alerts", () => {
  const long = { title: "A program runs from memory", summary: `x${" --env A=1".repeat(200)}` };

  it("is a whole line for each where no terminal is", async () => {
    const [line, ...more] = await shown({}, long);
    expect(line).toContain(`A program runs from memory: ${long.summary}`);
    expect(more).toEqual([]);
  });

  it("ends where a wide terminal ends", async () => {
    const [line, ...more] = await shown({ isTerminal: true, columns: 140 }, long);
    expect(line).toMatch(/A program runs from memory: x --env.*…$/);
    expect(line).toHaveLength(140);
    expect(more).toEqual([]);
  });

  it("has two lines for each on a narrow terminal, where a finding cannot act", async () => {
    const [head, text, ...more] = await shown({ isTerminal: true, columns: 80 }, { ...long, summary: "\u001b[2Jx" });
    expect(head).toMatch(/^al_[a-z2-7]{26} /);
    expect(text).toBe("  A program runs from memory: \\u{1b}[2Jx");
    expect(more).toEqual([]);
  });

  it("says that there are none, as that of silences does", async () => {
    const none = stage({ answer: () => ({ items: [] }) }, given, alertList);
    await alertList.run(none.context, given);
    await silenceList.run(none.context, given);
    expect(none.out()).toBe("no open alerts; --state all shows the others too\nno silences\n");
  });

  it.each([
    [{ state: "all" }, "no alerts\n"],
    [{ state: "all", rule: "x" }, "no such alerts\n"],
    [{ severity: "high" }, "no such open alerts; --state all shows the others too\n"],
  ])("says what there is none of: %j", async (options, line) => {
    const none = stage({ answer: () => ({ items: [] }) }, given, alertList);
    await alertList.run(none.context, { arguments: [], options });
    expect(none.out()).toBe(line);
  });

  it("says how it goes on, and goes on there", async () => {
    const pages = stage({ answer: () => ({ items: [found], next: "17-al_x" }) }, given, alertList);
    await alertList.run(pages.context, { arguments: [], options: { limit: "1", after: "18-al_y" } });
    expect(pages.calls[0]?.input).toMatchObject({ limit: 1, after: "18-al_y" });
    expect(pages.err()).toContain("there are more; raise --limit, or go on with --after 17-al_x");
  });
});

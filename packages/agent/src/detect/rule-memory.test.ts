import { expect, it } from "vitest";
import { type Memory, RuleMemory } from "./rule-memory.ts";
import { newState } from "./rule-state.ts";

/** A memory that turns out, while it is written to, to have been begun anew. */
class RenewedMemory implements Memory {
  values = new Map<string, string>();
  onRemember: () => void = () => {};

  recall(name: string): string | undefined {
    return this.values.get(name);
  }

  remember(values: Readonly<Record<string, string>>): void {
    this.onRemember();
    for (const [name, value] of Object.entries(values)) this.values.set(name, value);
  }
}

it("everything known is written again when a write shows that the memory was begun anew", () => {
  const kept = new RenewedMemory();
  const memory = new RuleMemory(kept, 10);
  memory.put("first", newState("a", 5));
  memory.save();
  memory.put("second", newState("b", 7));
  kept.onRemember = () => {
    kept.values = new Map();
    memory.rewrite();
    kept.onRemember = () => {};
  };
  memory.save();
  memory.save();
  expect([...kept.values.keys()].sort()).toEqual(["detect.floor", "detect.rule.first", "detect.rule.second"]);
});

it("what could not be written is written the next time", () => {
  const kept = new RenewedMemory();
  const memory = new RuleMemory(kept, 10);
  memory.put("first", newState("a", 5));
  kept.onRemember = () => {
    throw new Error("The disk is full.");
  };
  expect(() => memory.save()).toThrow("full");
  kept.onRemember = () => {};
  memory.save();
  expect([...kept.values.keys()]).toEqual(["detect.rule.first"]);
});

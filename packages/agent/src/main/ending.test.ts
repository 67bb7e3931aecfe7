import { describe, expect, it, vi } from "vitest";
import { Ending, stages } from "./ending.ts";

function ending(stageMs?: number) {
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  return { log, end: new Ending(log, stageMs) };
}

describe("the end of an agent", () => {
  it("goes from what feeds to what is fed, whatever began first", async () => {
    const { end } = ending();
    const ended: string[] = [];
    for (const stage of [...stages].reverse()) end.at(stage, async () => void ended.push(stage));
    await end.run();
    expect(ended).toEqual(["collectors", "store", "detection", "notification", "doors", "ledger", "files"]);
  });

  it("ends what began last first within a stage", async () => {
    const { end } = ending();
    const ended: string[] = [];
    end.at("ledger", () => void ended.push("folder"));
    end.at("ledger", () => void ended.push("ledger"));
    await end.run();
    expect(ended).toEqual(["ledger", "folder"]);
  });

  it("is told of what fails, and goes on", async () => {
    const { end, log } = ending();
    const ledger = vi.fn();
    end.at("detection", () => Promise.reject(new Error("no")));
    end.at("ledger", ledger);
    await end.run();
    expect(ledger).toHaveBeenCalledOnce();
    expect(log.error.mock.calls[0]?.[0]).toMatchObject({ stage: "detection" });
  });

  it("does not wait for ever for what hangs", async () => {
    const { end, log } = ending(1);
    const ledger = vi.fn();
    end.at("collectors", () => new Promise(() => {}));
    end.at("ledger", ledger);
    await end.run();
    expect(ledger).toHaveBeenCalledOnce();
    expect(log.error).toHaveBeenCalledExactlyOnceWith({ stage: "collectors" }, expect.anything());
  });

  it("happens once, however often it is asked for", async () => {
    const { end } = ending();
    const ledger = vi.fn();
    end.at("ledger", ledger);
    await Promise.all([end.run(), end.run()]);
    await end.run();
    expect(ledger).toHaveBeenCalledOnce();
  });
});

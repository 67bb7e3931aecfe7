import { type Committer, Refusal, type Submission } from "@holdfast/engine";
import { describe, expect, it } from "vitest";
import { createKeyring } from "../keyring/index.ts";
import { openOrBegin } from "./begin-ledger.ts";
import type { LedgerOptions, LedgerPlace, OpenLedger } from "./ledger-place.ts";
import { newSeeds } from "./ledger-seeds.ts";

const keyring = createKeyring({ rootKey: new Uint8Array(32).fill(1), suite: 1 });

/** A database in memory: what submits entry 0 first has begun the ledger, and `others` may do so at any moment. */
class Memory implements LedgerPlace {
  readonly isShared: boolean;
  readonly log: string[] = [];
  /** Answers to the entries 0 that are submitted, in order. */
  readonly answers: ("stands" | "another's")[];
  hasBegun = false;

  constructor(isShared: boolean, ...answers: ("stands" | "another's")[]) {
    this.isShared = isShared;
    this.answers = answers;
  }

  async hasLedger(): Promise<boolean> {
    return this.hasBegun;
  }

  async open({ onEvent }: LedgerOptions): Promise<OpenLedger> {
    const newKeys = this.hasBegun ? [] : newSeeds(keyring, 0).newKeys;
    this.log.push(newKeys.length > 0 ? "opened empty" : "opened");
    const submit = async ({ entry }: Submission) => {
      const answer = this.answers.shift();
      this.hasBegun = answer !== undefined;
      this.log.push(`${entry.action}: ${answer ?? "fails"}`);
      if (answer === "stands") return { status: "committed", seq: 0, time: 0 } as const;
      onEvent({ kind: "batch-failed", operations: 1, message: "" });
      throw new Refusal("storage_failed", "not recorded");
    };
    const committer = {
      submit,
      checkpointNow: async () => void this.log.push("checkpoint"),
    } as unknown as Committer;
    const close = async () => void this.log.push("closed");
    return { committer, newKeys, close } as unknown as OpenLedger;
  }

  async close(): Promise<void> {}
}

function begin(place: LedgerPlace) {
  const events: string[] = [];
  const options: LedgerOptions = {
    keyring,
    checkpointDir: "",
    onCommitted() {},
    onEvent: ({ kind }) => void events.push(kind),
    log: { debug() {}, info() {}, warn() {}, error() {} },
  };
  return { events, begun: openOrBegin(place, options, { node: "one", furnish: () => ({ changes: [], writes: [] }) }) };
}

describe("a ledger", () => {
  it("that is there is opened, and nothing is written", async () => {
    const place = new Memory(true);
    place.hasBegun = true;
    await expect(begin(place).begun).resolves.toMatchObject({ isNew: false });
    expect(place.log).toEqual(["opened"]);
  });

  it("of several nodes begins with a checkpoint for whoever comes next", async () => {
    const place = new Memory(true, "stands");
    await expect(begin(place).begun).resolves.toMatchObject({ isNew: true });
    expect(place.log).toEqual(["opened empty", "system.init: stands", "checkpoint"]);
  });

  it("that another node began in the same moment is opened instead, without a word of the lost round", async () => {
    const place = new Memory(true, "another's");
    const { begun, events } = begin(place);
    await expect(begun).resolves.toMatchObject({ isNew: false });
    expect(place.log).toEqual(["opened empty", "system.init: another's", "closed", "opened"]);
    expect(events).toEqual([]);
  });

  it("that nobody could begin is given up, and let go of", async () => {
    const place = new Memory(true);
    await expect(begin(place).begun).rejects.toMatchObject({ code: "storage_failed" });
    expect(place.log).toEqual(["opened empty", "system.init: fails", "closed"]);
  });

  it("that could not be begun says why, also when the database cannot be asked any more", async () => {
    const place = new Memory(true);
    const { begun } = begin(place);
    place.hasLedger = () => Promise.reject(new Error("Connection terminated"));
    await expect(begun).rejects.toMatchObject({ code: "storage_failed" });
  });

  it("of one folder is begun by nobody else: a failure is final, and told", async () => {
    const place = new Memory(false, "another's");
    const { begun, events } = begin(place);
    await expect(begun).rejects.toMatchObject({ code: "storage_failed" });
    expect(place.log).toEqual(["opened empty", "system.init: another's", "closed"]);
    expect(events).toEqual(["batch-failed"]);
  });
});

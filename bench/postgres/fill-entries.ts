import { payloadBytes, type Submission } from "@holdfast/engine";
import { random } from "@holdfast/engine/crypto";
import { newId } from "@holdfast/kernel/id";
import { type EntryFields, parseEntry } from "@holdfast/kernel/entry";
import type { Assembly } from "@holdfast/spine";
import { assemble } from "../../packages/server/src/main/assemble.ts";
import { configurationFrom } from "../../packages/server/src/main/configuration.ts";
import { openDataFolder } from "../../packages/server/src/main/data-folder.ts";
import { createLog } from "@holdfast/runtime";
import type { Folder } from "../server/folder.ts";

/** Several batches of 256, so that one is packed while another is written. */
const atOnce = 1_024;
/** One entry in so many is another actor's, whom only an index finds. */
const rareEvery = 50_000;

/** What a filled ledger can be asked for. */
export interface FilledLedger {
  readonly size: number;
  /** Of nearly all entries. */
  readonly actor: string;
  /** Of a handful, all over the ledger. */
  readonly rareActor: string;
  /** Of one key's share. */
  readonly resource: string;
}

/**
 * Grows the ledger of a database to a number of entries through a node's committer: records of reads of the keys that are
 * there, sealed as a server seals them, whose reads were not made. Otherwise filling would take most of the run.
 */
export async function fillEntries(folder: Folder, size: number): Promise<FilledLedger> {
  const assembly = await open(folder);
  try {
    const puts = await putsOf(assembly);
    const records = await recordsOf(assembly, puts);
    const { committer } = assembly.ledger;
    let next = committer.position;
    const worker = async () => {
      while (next < size) await committer.submit(records.at(next++));
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    const [first] = puts;
    return { size, actor: first!.actor, rareActor: records.rareActor, resource: withoutVersion(first!.resource) };
  } finally {
    await assembly.close();
  }
}

function open({ path, env }: Folder): Promise<Assembly> {
  return assemble({
    configuration: configurationFrom(env),
    folder: openDataFolder(path),
    log: createLog({ level: "warn", format: "auto", name: "bench" }),
    hardening: { isNonDumpable: false, hasNoCoreFiles: false },
  });
}

/** Entries of the writes that made the keys. */
async function putsOf({ ledger }: Assembly): Promise<readonly EntryFields[]> {
  const stored = await ledger.reader.entries(0, ledger.committer.position);
  const puts = stored.map(({ bytes }) => parseEntry(bytes)).filter(({ action }) => action === "secret.put");
  if (puts.length === 0) throw new Error("the ledger that is to be filled has no keys");
  return puts;
}

async function recordsOf({ keyring, reads }: Assembly, puts: readonly EntryFields[]) {
  const [{ tenant, actor }] = puts as [EntryFields];
  const key = await keyring.payloadKeyOf({ tenant, actor }, Date.now(), reads());
  if (key.changes.length > 0) throw new Error("the month has changed since the keys were made");
  const rareActor = newId("ac", random(16));
  const at = (index: number): Submission => {
    const { resource } = puts[(index * 7_919) % puts.length]!;
    const facts = { op: "secret.read", from: "socket", node: "filling", request: `rq-${index}`, facts: { version: 1 } };
    return {
      entry: {
        tenant,
        actor: index % rareEvery === 0 ? rareActor : actor,
        action: "secret.read",
        resource,
        outcome: "ok",
        reason: "",
      },
      payload: key.seal(payloadBytes(facts, [])),
      changes: [],
      reads: [],
      writes: [],
      seen: 0,
    };
  };
  return { rareActor, at };
}

const withoutVersion = (resource: string): string => resource.replace(/@.*$/, "");
